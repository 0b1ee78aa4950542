/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.NetworkNamespace;
import io.podtap.core.testing.RequiresRoot;
import io.podtap.sensor.ingest.IngestSettings;
import io.podtap.sensor.ingest.Listener;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.sink.Rotation;
import io.podtap.sensor.taps.KnownTaps;
import io.podtap.sensor.track.Tracker;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole sensor on loopback, of a namespace of its own. */
@RequiresRoot
class SensorIT {

  @TempDir private Path folder;

  @Test
  void whatAnInterfaceBroughtIsLoggedAtTheEnd() throws Exception {
    try (NetworkNamespace namespace = NetworkNamespace.create("sensor")) {
      namespace.call(() -> {
        Sensor sensor = Sensor.open(settings(List.of(), "lo"));
        try (DatagramSocket socket = new DatagramSocket()) {
          InetAddress target = InetAddress.ofLiteral("127.0.0.1");
          socket.send(new DatagramPacket(new byte[5], 5, target, 9_999));
        }
        sensor.stop();
        sensor.run();
        return null;
      });
    }

    assertThat(Files.readAllLines(folder.resolve("conn.log")))
        .anyMatch(line -> line.contains("\"id.resp_p\":9999"));
  }

  @Test
  void bothWildcardsMayShareAPort() throws Exception {
    openAndClose(List.of("0.0.0.0:4789", "[::]:4789"));
  }

  @Test
  void thereMayBeManyListeners() throws Exception {
    openAndClose(IntStream.range(0, 40).mapToObj(i -> "127.0.0.1:" + (5_000 + i)).toList());
  }

  private void openAndClose(List<String> listeners) throws Exception {
    try (NetworkNamespace namespace = NetworkNamespace.create("sensor")) {
      namespace.call(() -> {
        Sensor sensor = Sensor.open(settings(listeners, ""));
        sensor.stop();
        sensor.run();
        return null;
      });
    }
  }

  private SensorSettings settings(List<String> listeners, String interfaceName) {
    return new SensorSettings(
        new IngestSettings(
            listeners.stream().map(Listener::parse).toList(), null, KnownTaps.ANY, 1 << 20),
        interfaceName,
        "",
        AnalysisSettings.standard(Tracker.Settings.standard(1)),
        folder.toString(),
        LogFormat.named("json"),
        Rotation.NEVER,
        null);
  }
}
