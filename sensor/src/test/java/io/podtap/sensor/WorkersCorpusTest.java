/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.podtap.core.config.SettingsException;
import io.podtap.core.pcap.PcapReader;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Several workers write the records that one writes, for every capture of {@code CORPUS_DIR}.
 * Skipped where there is no such folder.
 */
class WorkersCorpusTest {

  private static final int WORKERS = 3;

  /** Random names of flows and files. */
  private static final List<String> NOT_COMPARED =
      List.of("uid", "fuid", "tunnel_parents", "id", "parent_fuid");

  /** Captures whose inner flows change between tunnels of different ends: two records, not one. */
  private static final List<String> CHANGING_TUNNELS =
      List.of("ndpi__6in6tunnel.pcap", "zeek__tunnels__tunnel-direct-bypass.pcap");

  @Test
  void writeTheRecordsThatOneWrites() throws IOException {
    String folder = System.getenv("CORPUS_DIR");
    Path captures = Path.of(folder == null ? "../../shared/corpus" : folder).resolve("pcaps");
    assumeThat(captures).as("captures of Zeek's test suite, CORPUS_DIR").isDirectory();

    List<String> different = new ArrayList<>();
    try (Stream<Path> files = Files.list(captures)) {
      for (Path file : files.sorted().toList()) {
        if (!CHANGING_TUNNELS.contains(file.getFileName().toString())) {
          compare(file, different);
        }
      }
    }
    assertThat(different).isEmpty();
  }

  private static void compare(Path file, List<String> different) {
    MemorySink one = read(file, 1);
    MemorySink several = read(file, WORKERS);
    for (LogSchema<?> schema : one.schemas()) {
      List<String> expected = sorted(schema, one);
      List<String> actual = sorted(schema, several);
      if (!expected.equals(actual)) {
        List<String> missing = new ArrayList<>(expected);
        actual.forEach(missing::remove);
        List<String> surplus = new ArrayList<>(actual);
        expected.forEach(surplus::remove);
        different.add(
            file.getFileName()
                + " "
                + schema.path()
                + ": without "
                + missing
                + ", with "
                + surplus);
      }
    }
  }

  private static MemorySink read(Path file, int workers) {
    Tracker.Settings tracking = new Tracker.Settings(100_000, false, 1);
    AnalysisSettings standard = AnalysisSettings.standard(tracking);
    AnalysisSettings settings =
        new AnalysisSettings(
            tracking,
            standard.tunnelDepthMax(),
            "",
            standard.extracted(),
            standard.parsed(),
            workers);
    MemorySink sink = new MemorySink();
    try (PcapReader reader = PcapReader.open(file);
        FrameAnalysis analysis =
            FrameAnalysis.of(settings, sink, /* tapName= */ null, /* clock= */ null)) {
      while (reader.poll(analysis) != PcapReader.END) {
        // the reader hands frames to the analysis
      }
    } catch (SettingsException e) {
      assertThat(e).hasMessageContaining("capture"); // one that is none
    }
    return sink;
  }

  private static List<String> sorted(LogSchema<?> schema, MemorySink sink) {
    return sink.rows(schema.path()).stream()
        .map(row -> {
          if (schema.path().equals("tunnel")) {
            row.remove("ts"); // of the next packet, when a tunnel expires
          }
          if (schema.path().equals("weird") && "-".equals(row.get("id.orig_h"))) {
            row.remove("ts"); // one row for all workers, of the one that comes first
          }
          if ("x509_cert_parse_error".equals(row.get("name"))) {
            row.remove("addl"); // which file it is, by a random name
          }
          row.keySet().removeIf(field -> NOT_COMPARED.contains(field) || field.endsWith("uids"));
          return row.toString();
        })
        .sorted()
        .toList();
  }
}
