/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Vxlan;
import io.podtap.core.report.TapReport;
import io.podtap.core.testing.NetworkNamespace;
import io.podtap.core.testing.RequiresRoot;
import io.podtap.sensor.ingest.DatagramSummary;
import io.podtap.sensor.ingest.IngestSettings;
import io.podtap.sensor.ingest.Listener;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.sink.Rotation;
import io.podtap.sensor.taps.KnownTaps;
import io.podtap.sensor.taps.TapSummary;
import io.podtap.sensor.track.Tracker;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is sent to a sensor's ports: it goes on, counts it, and logs the good flows between. */
@RequiresRoot
class HostileTunnelIT {

  private static final long SEED = 20;
  private static final int ROUNDS = 4_000;
  private static final int GOOD_EVERY = 100;
  private static final int BATCH = 50;

  private static final Pattern GOOD =
      Pattern.compile("\"id.resp_h\":\"10.9.9.9\",\"id.resp_p\":3[0-9][0-9]00,");

  @TempDir private Path folder;

  private final Random random = new Random(SEED);

  @Test
  void goesOnAndCountsAndLogsTheGoodFlowsBetween() throws Exception {
    Sensor.Snapshot end;
    try (NetworkNamespace namespace = NetworkNamespace.create("hostile")) {
      end = namespace.call(this::attack);
    }

    DatagramSummary receive = end.ingest().datagrams();
    assertThat(receive.datagrams() + receive.overflowed()).as("seed %d", SEED).isEqualTo(ROUNDS);
    assertThat(receive.datagrams())
        .isEqualTo(
            receive.analysed() + receive.reports() + receive.refused() + receive.malformedTotal());
    assertThat(receive.malformed()).isNotEmpty();
    assertThat(receive.badReports()).isPositive();
    for (TapSummary tap : end.ingest().taps()) {
      assertThat(tap.sentHere() + tap.surplus() + tap.unreported())
          .isEqualTo(tap.received() + tap.lost());
      assertThat(tap.lost()).isNotNegative();
    }
    assertThat(Files.readAllLines(folder.resolve("conn.log")))
        .filteredOn(line -> GOOD.matcher(line).find())
        .hasSize(ROUNDS / GOOD_EVERY);
  }

  private Sensor.Snapshot attack() throws IOException {
    Sensor sensor = Sensor.open(settings());
    try (DatagramSocket good = new DatagramSocket();
        DatagramSocket bad = new DatagramSocket()) {
      for (int i = 0; i < ROUNDS; i++) {
        if (i % GOOD_EVERY == 0) {
          send(good, vxlan(42, packet(30_000 + i)), Vxlan.PORT);
        } else {
          send(bad, hostile(i), random.nextInt(4) == 0 ? Geneve.PORT : Vxlan.PORT);
        }
        if (i % BATCH == 0) {
          sensor.doWork(Sensor.wallClockNs());
        }
      }
    }
    sensor.stop();
    sensor.run();
    return sensor.snapshot();
  }

  private byte[] hostile(int round) {
    return switch (random.nextInt(5)) {
      case 0 -> noise(random.nextInt(1_400));
      case 1 -> { // cut anywhere
        byte[] whole = vxlan(random.nextInt(50), packet(20_000));
        yield Arrays.copyOf(whole, random.nextInt(whole.length));
      }
      case 2 -> mutated(vxlan(7, packet(20_000 + round)));
      case 3 -> nested(1 + random.nextInt(20));
      default -> mutatedOrForged(round);
    };
  }

  private byte[] mutatedOrForged(int round) {
    String sent = random.nextBoolean() ? Long.toString(random.nextLong()) : "not a number";
    Map<String, String> values =
        Map.of(
            TapReport.TAP_ID,
            "\"},\n\u0000",
            TapReport.START,
            Integer.toString(random.nextInt(3)),
            TapReport.SEQUENCE,
            Integer.toString(round),
            TapReport.LANE_SENT,
            sent);
    byte[] frame = frame(Ethernet.TYPE_LOCAL_EXPERIMENTAL, new TapReport(values).encode());
    byte[] datagram = vxlan(7, frame);
    return random.nextInt(4) == 0 ? mutated(datagram) : datagram;
  }

  /** A tunnel in a tunnel, and so on, as far as one datagram holds it. */
  private byte[] nested(int depth) {
    byte[] frame = packet(20_000);
    for (int i = 0; i < depth; i++) {
      frame = frame(Ethernet.TYPE_IPV4, udp(Vxlan.PORT, 10_000, vxlan(i, frame)));
    }
    return vxlan(7, frame);
  }

  private byte[] mutated(byte[] datagram) {
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      datagram[random.nextInt(datagram.length)] = (byte) random.nextInt();
    }
    return datagram;
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] packet(int port) {
    return frame(Ethernet.TYPE_IPV4, udp(port, 9_999, new byte[40]));
  }

  private static byte[] vxlan(int vni, byte[] frame) {
    byte[] datagram = new byte[Vxlan.HEADER_LENGTH + frame.length];
    Vxlan.put(MemorySegment.ofArray(datagram), 0, vni);
    System.arraycopy(frame, 0, datagram, Vxlan.HEADER_LENGTH, frame.length);
    return datagram;
  }

  private static byte[] frame(int type, byte[] payload) {
    byte[] frame = new byte[Ethernet.HEADER_LENGTH + payload.length];
    Ethernet.put(MemorySegment.ofArray(frame), 0, 2, 1, type);
    System.arraycopy(payload, 0, frame, Ethernet.HEADER_LENGTH, payload.length);
    return frame;
  }

  private static byte[] udp(int targetPort, int sourcePort, byte[] payload) {
    byte[] packet = new byte[28 + payload.length];
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putU8(segment, 0, 0x45);
    Ipv4.totalLength(segment, 0, packet.length);
    Bytes.putU8(segment, 8, 64);
    Bytes.putU8(segment, 9, IpProtocol.UDP);
    Bytes.putI32(segment, 12, 0x0A010101);
    Bytes.putI32(segment, 16, 0x0A090909);
    Bytes.putU16(segment, 10, Checksum.finish(Checksum.sum(segment, 0, 20)));
    Bytes.putU16(segment, 20, sourcePort);
    Bytes.putU16(segment, 22, targetPort);
    Bytes.putU16(segment, 24, 8 + payload.length);
    System.arraycopy(payload, 0, packet, 28, payload.length);
    return packet;
  }

  private static void send(DatagramSocket socket, byte[] bytes, int port) throws IOException {
    InetAddress target = InetAddress.ofLiteral("127.0.0.1");
    socket.send(new DatagramPacket(bytes, bytes.length, target, port));
  }

  private SensorSettings settings() {
    return new SensorSettings(
        new IngestSettings(
            List.of(Listener.parse("127.0.0.1"), Listener.parse("geneve:127.0.0.1")),
            null,
            KnownTaps.ANY,
            4 << 20),
        "",
        "",
        AnalysisSettings.standard(Tracker.Settings.standard(SEED)),
        folder.toString(),
        LogFormat.named("json"),
        Rotation.NEVER,
        null);
  }
}
