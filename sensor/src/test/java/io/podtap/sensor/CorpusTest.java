/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.podtap.core.pcap.PcapReader;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Zeek's own expectations, field by field: captures and {@code conn.log} of its test suite, found
 * in {@code CORPUS_DIR}. Skipped where there is no such folder.
 */
class CorpusTest {

  private static final List<String> MASKED_OR_OWN = List.of("ts", "uid", "tunnel_parents");

  private static Path corpus() {
    String folder = System.getenv("CORPUS_DIR");
    return Path.of(folder == null ? "../../shared/corpus" : folder);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "zeek.core.tcp.missing-syn, zeek__tcp__missing-syn.pcap, false",
    "zeek.core.tcp.rxmit-history_retransmit-fast009, zeek__tcp__retransmit-fast009.pcap, false",
    "zeek.scripts.base.protocols.ftp.cwd-navigation, zeek__ftp__cwd-navigation.pcap, true",
    "zeek.scripts.base.protocols.http.concurrent-range-requests, zeek__http__concurrent-range-requests.pcap, true",
    "zeek.core.tunnels.gre, zeek__tunnels__gre-sample.pcap, true",
    "zeek.core.tunnels.gtp.outer_ip_frag, zeek__tunnels__gtp__gtp1_gn_normal_incl_fragmentation.pcap, false",
    "zeek.core.pppoe, zeek__pppoe.pcap, true",
    "zeek.scripts.base.protocols.imap.starttls, zeek__tls__imap-starttls.pcap, false"
  })
  void agreesWithZeek(String name, String capture, boolean checkChecksums) throws IOException {
    Path pcap = corpus().resolve("pcaps").resolve(capture);
    Path expectedLog = corpus().resolve("expected").resolve(name).resolve("conn.log");
    assumeThat(pcap).as("captures of Zeek's test suite, CORPUS_DIR").exists();

    MemorySink sink = new MemorySink();
    try (PcapReader reader = PcapReader.open(pcap);
        Analysis analysis =
            new Analysis(
                new Tracker.Settings(10_000, checkChecksums, 1), sink, /* tapName= */ null)) {
      while (reader.poll(analysis) != PcapReader.END) {
        assertThat(reader.problem()).isEmpty();
      }
    }
    List<Map<String, String>> actual = sink.rows("conn");
    List<Map<String, String>> expected = rows(Files.readString(expectedLog));

    assertThat(actual).hasSameSizeAs(expected);
    for (Map<String, String> row : expected) {
      row.keySet().removeAll(MASKED_OR_OWN);
      boolean unknownService = "-".equals(row.get("service"));
      assertThat(actual)
          .anySatisfy(candidate -> {
            Map<String, String> shared = new HashMap<>(candidate);
            shared.keySet().retainAll(row.keySet());
            if (unknownService) {
              shared.put("service", "-"); // those runs had few of Zeek's analyzers
            }
            assertThat(shared).containsExactlyInAnyOrderEntriesOf(row);
          });
    }
  }

  private static List<Map<String, String>> rows(String log) {
    List<Map<String, String>> rows = new ArrayList<>();
    List<String> fields = List.of();
    for (String line : log.lines().toList()) {
      List<String> words = List.of(line.split("\t", -1));
      if (line.startsWith("#fields")) {
        fields = words.subList(1, words.size());
      } else if (!line.startsWith("#")) {
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
          row.put(fields.get(i), words.get(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
