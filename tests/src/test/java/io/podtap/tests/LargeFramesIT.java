/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Super-frames beyond 64 KiB (BIG TCP) of jumbo frames, and the smallest ring, which does not hold
 * all of them: what is cut or dropped is counted, and what arrives is sound.
 */
@RequiresRoot
@Tag("alone")
@RequiresTool({"ethtool", "iperf3", "tcpdump", "tshark"})
class LargeFramesIT {

  /** Two blocks of 128 KiB: nearly all of a fast transfer is dropped, and counted. */
  private static final int SMALLEST_RING_BYTES = 262_144;

  private static final String FRAME_BYTES_MAX = "400000";
  private static final long BULK_BYTES = 20_000_000;
  private static final String POD = "fd82::2";

  @TempDir private Path folder;

  private PodNetwork network;

  @BeforeEach
  void makeNetwork() {
    network = PodNetwork.create();
    network.addSecondCable();
    network.client().namespace().address("eth1", "fd82::1/64");
    network.pod().namespace().address("eth1", POD + "/64");
    for (PodNetwork.Host host : new PodNetwork.Host[] {network.client(), network.pod()}) {
      host.mtu("eth1", 9_000);
      host.namespace().run("ip", "link", "set", "dev", "eth1", "gso_max_size", FRAME_BYTES_MAX);
      host.namespace().run("ip", "link", "set", "dev", "eth1", "gro_max_size", FRAME_BYTES_MAX);
    }
  }

  @AfterEach
  void removeNetwork() {
    network.close();
  }

  @ParameterizedTest(name = "a ring of {0} bytes")
  @ValueSource(ints = {SMALLEST_RING_BYTES, 64 << 20})
  void whatDoesNotFitIsCountedAndWhatArrivesIsSound(int ringBytes) throws IOException {
    TapLedger ledger;
    try (WireCapture wire = WireCapture.start(network.sensor(), folder);
        TapRun run =
            TapRun.start(
                network,
                folder,
                "--interface",
                "eth1",
                "--ring-bytes",
                Integer.toString(ringBytes),
                "--send",
                "joined")) {
      Traffic.bulk(network, POD, BULK_BYTES, "-b", "0");
      ledger = run.finish();
      wire.stop();

      assertThat(wire.countsWithoutComplaint("vxlan.vni == 42 && eth.type != 0x88b5"))
          .containsExactly(ledger.sent());
      Logs.Row record = run.tapRecord();
      assertThat(record.count("received") + record.count("lost")).isEqualTo(ledger.sent());
    }
    assertThat(ledger.failed()).isZero();
    assertThat(ledger.mirrored()).isPositive();
    if (ringBytes > SMALLEST_RING_BYTES) {
      assertThat(segment("big_frame")).as("%s", ledger).isPositive();
      assertThat(ledger.dropped()).isZero();
    }
  }

  private long segment(String event) throws IOException {
    Map<String, Object> counts = Json.object(Files.readString(folder.resolve("tap.json")));
    Map<?, ?> events = (Map<?, ?>) Objects.requireNonNull(counts.get("segment"));
    return events.containsKey(event) ? (Long) Objects.requireNonNull(events.get(event)) : 0;
  }
}
