/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.pcap.PacketBlock;
import io.podtap.core.pcap.PcapngWriter;
import io.podtap.core.testing.StallingProxy;
import io.podtap.core.trust.Trust;
import io.podtap.tap.link.FailureCause;
import io.podtap.tap.link.FailureCounters;
import io.podtap.tap.testing.Blocks;
import io.podtap.tap.testing.Certificates;
import io.podtap.tap.testing.StreamPeer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams to a peer on loopback; the test is the hot thread. */
final class SensorStreamTest {

  private static final int WAIT_SECONDS = 20;

  /** JSSE adds 16 bytes of padding to each record, and takes as many fewer into a full one. */
  private static final int FULL_RECORD_BYTES = (1 << 14) - 17;

  private static final int RECORD_OVERHEAD_BYTES = 5 + 17 + 16;

  private static final StreamSettings SETTINGS =
      StreamSettings.DEFAULT.withQueueBytes(StreamSettings.QUEUE_BYTES_MIN);

  @TempDir private static Path folder;
  private static Certificates certificates;

  private final Random random = new Random(5);
  private final List<byte[]> accepted = new ArrayList<>();
  private long refused;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = new Certificates(folder);
  }

  /** Says what a tap says, in so far as the counts are concerned. */
  private record Told() implements StreamText {
    @Override
    public byte[] beginning() {
      return PcapngWriter.section("test", "");
    }

    @Override
    public byte[] statistics(Moment moment, long packetsSent) {
      String text = "podtap-report 1\nstate=" + moment + "\nlane.sent=" + packetsSent + "\n";
      return PcapngWriter.statistics(new PcapngWriter.Statistics(0, 0, 0, 0, 0, 0, text));
    }
  }

  private static SensorStream open(Endpoint sensor, StreamSettings settings) {
    Trust trust = certificates.trust("tap", Certificates.SENSOR);
    return SensorStream.open(sensor, settings, trust::client, new Told(), line -> {});
  }

  private static StreamPeer peer() {
    return new StreamPeer(certificates.trust("sensor"), "127.0.0.1", 0);
  }

  /** Offers packets as the hot thread does. */
  private void offer(SensorStream stream, int count) {
    for (int i = 0; i < count; i++) {
      byte[] packet = new byte[random.nextInt(10) == 0 ? random.nextInt(9_000) : 66];
      random.nextBytes(packet);
      long at = stream.reserve(PacketBlock.length(packet.length), packet.length);
      if (at == SensorStream.NO_PLACE) {
        refused++;
        continue;
      }
      MemorySegment memory = stream.memory();
      long to = PacketBlock.put(memory, at, 0, i, packet.length, packet.length, true);
      MemorySegment.copy(packet, 0, memory, ValueLayout.JAVA_BYTE, to, packet.length);
      accepted.add(packet);
      if (i % 64 == 63) {
        stream.publish();
      }
    }
    stream.publish();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.sleep(2);
    }
  }

  private static void end(SensorStream stream) throws InterruptedException {
    stream.close();
    await("the stream's end", stream::isSettled);
  }

  private static long givenUp(SensorStream stream) {
    FailureCounters failures = new FailureCounters();
    stream.giveUp(failures);
    assertThat(stream.bytesAccepted()).isEqualTo(stream.bytesSent());
    return failures.packets().get(FailureCause.GIVEN_UP);
  }

  @Test
  void everythingArrivesInOrderAcrossTheQueuesEnd() throws Exception {
    try (StreamPeer peer = peer()) {
      SensorStream stream = open(peer.endpoint(), SETTINGS);
      await("a connection", stream::isConnected);
      for (int i = 0; i < 40; i++) {
        offer(stream, 250);
        await("room", () -> stream.packetsAccepted() == stream.packetsSent());
      }
      end(stream);
      assertThat(refused).isZero();
      assertThat(givenUp(stream)).isZero();
      await("the last byte", () -> Blocks.read(peer.received().getFirst()).reports().size() == 2);
      Blocks blocks = Blocks.read(peer.received().getFirst());
      assertThat(blocks.types().getFirst()).isEqualTo(Blocks.SECTION);
      assertThat(blocks.packets()).containsExactlyElementsOf(accepted);
      assertThat(blocks.reports().getFirst().text()).contains("CONNECTED");
      assertThat(blocks.reports().getLast().text()).contains("STOPPING");
      assertThat(blocks.reports().getLast().count("lane.sent")).isEqualTo(accepted.size());
    }
  }

  @Test
  void aSlowReaderCostsPacketsThatAreRefusedAtOnce() throws Exception {
    try (StreamPeer peer = peer()) {
      SensorStream stream = open(peer.endpoint(), SETTINGS);
      await("a connection", stream::isConnected);
      peer.pause(true);
      offer(stream, 20_000);
      assertThat(refused).isPositive();
      peer.pause(false);
      await("room", () -> stream.packetsAccepted() == stream.packetsSent());
      offer(stream, 10);
      end(stream);
      assertThat(stream.packetsSent()).isEqualTo(accepted.size());
      await("all", () -> Blocks.read(peer.received().getFirst()).reports().size() == 2);
      assertThat(Blocks.read(peer.received().getFirst()).packets())
          .containsExactlyElementsOf(accepted);
    }
  }

  /** What was on its way is lost; the next connection says how much was sent before it. */
  @Test
  void aKilledPeerIsFoundAgainAndTheCountsAddUp() throws Exception {
    try (StreamPeer peer = peer()) {
      SensorStream stream = open(peer.endpoint(), SETTINGS);
      await("a connection", stream::isConnected);
      await("the peer's end of it", () -> peer.received().size() == 1);
      for (int round = 1; round <= 3; round++) {
        offer(stream, 2_000);
        peer.kill();
        int connections = round + 1;
        await("another connection", () -> peer.received().size() == connections);
        await("room", () -> stream.packetsAccepted() == stream.packetsSent());
      }
      end(stream);
      await("all", () -> Blocks.read(peer.received().getLast()).reports().size() == 2);
      requireBalance(stream, peer);
      assertThat(stream.connections()).isEqualTo(4);
    }
  }

  /** In whichever connection: the peer hears of them in an order of its own. */
  private static boolean hasSaidGoodbye(StreamPeer peer) {
    return peer.received().stream()
        .flatMap(bytes -> Blocks.read(bytes).reports().stream())
        .anyMatch(report -> report.text().contains("STOPPING"));
  }

  /** Everything sent was received, or lies in a gap that the next connection's counts show. */
  private void requireBalance(SensorStream stream, StreamPeer peer) {
    long received = 0;
    long lost = 0;
    int next = 0;
    for (byte[] bytes : peer.received()) {
      Blocks blocks = Blocks.read(bytes);
      if (blocks.reports().isEmpty()) {
        assertThat(blocks.packets()).isEmpty(); // broken off before it had begun
        continue;
      }
      assertThat(blocks.types().getFirst()).isEqualTo(Blocks.SECTION);
      long gap = blocks.reports().getFirst().count("lane.sent") - received - lost;
      assertThat(gap).isNotNegative();
      lost += gap;
      next += (int) gap;
      for (byte[] packet : blocks.packets()) {
        assertThat(packet).isEqualTo(accepted.get(next++));
      }
      received += blocks.packets().size();
    }
    assertThat(stream.packetsSent()).isEqualTo(accepted.size()).isEqualTo(received + lost);
    assertThat(stream.bytesSent()).isEqualTo(stream.bytesAccepted());
  }

  /** What the peer says after the handshake comes when all is sent: unread, it would be a reset. */
  @Test
  void aStreamThatEndsAtOnceLosesNothingOnALongPath() throws Exception {
    try (StreamPeer peer = peer();
        StallingProxy path = new StallingProxy(peer.endpoint().port())) {
      path.delay(50);
      SensorStream stream = open(Endpoint.parse("127.0.0.1", path.port()), SETTINGS);
      offer(stream, 1_000);
      await("a connection", stream::isConnected);
      end(stream);
      assertThat(stream.packetsSent()).isEqualTo(accepted.size());
      await("all", () -> hasSaidGoodbye(peer));
      assertThat(Blocks.read(peer.received().getFirst()).packets())
          .containsExactlyElementsOf(accepted);
    }
  }

  /** The connection stands, and nothing passes any more: neither data nor an end. */
  @Test
  void aHalfOpenConnectionIsLeftAndTheCountsAddUp() throws Exception {
    StreamSettings impatient =
        new StreamSettings(
            SETTINGS.queueBytes(),
            SETTINGS.connectNs(),
            TimeUnit.MILLISECONDS.toNanos(300),
            SETTINGS.statisticsNs(),
            TimeUnit.SECONDS.toNanos(WAIT_SECONDS));
    try (StreamPeer peer = peer();
        StallingProxy path = new StallingProxy(peer.endpoint().port())) {
      SensorStream stream = open(Endpoint.parse("127.0.0.1", path.port()), impatient);
      await("a connection", stream::isConnected);
      path.stall();
      // The kernel takes some megabytes for a path that stands still. A queue that is full once
      // says only that the sender was slow.
      await("the end of patience", () -> offersInVain(stream));
      assertThat(stream.problem()).contains("no longer reads");
      offer(stream, 1_000);
      path.resume();
      await("room", () -> stream.packetsAccepted() == stream.packetsSent());
      offer(stream, 10);
      end(stream);
      await("the last report", () -> hasSaidGoodbye(peer));
      requireBalance(stream, peer);
      assertThat(refused).isPositive();
    }
  }

  private boolean offersInVain(SensorStream stream) {
    offer(stream, 1_000);
    return !stream.isConnected();
  }

  /** A certificate that ends breaks nothing that stands, and lets nothing new begin. */
  @Test
  void aCertificateThatEndsMidStreamIsSaidWhenTheNextConnectionIsMade() throws Exception {
    SettableClock clock = new SettableClock();
    Trust trust = Trust.load(certificates.files("tap"), List.of(Certificates.SENSOR), clock);
    try (StreamPeer peer = peer()) {
      List<String> news = new CopyOnWriteArrayList<>();
      SensorStream stream =
          SensorStream.open(peer.endpoint(), SETTINGS, trust::client, new Told(), news::add);
      await("a connection", stream::isConnected);
      await("the peer's end of it", () -> peer.received().size() == 1);
      clock.offset = Duration.ofDays(365);
      offer(stream, 2_000);
      await("room", () -> stream.packetsAccepted() == stream.packetsSent());
      assertThat(stream.connections()).isEqualTo(1);
      peer.kill();
      await("a reason", () -> stream.problem().contains("ended at"));
      offer(stream, 500);
      clock.offset = Duration.ZERO; // or a new certificate
      await("another connection", () -> stream.connections() == 2);
      await("the peer's end of that", () -> peer.received().size() == 2);
      await("room", () -> stream.packetsAccepted() == stream.packetsSent());
      end(stream);
      String prefix = "podtap: stream to " + peer.endpoint() + ": ";
      assertThat(news).startsWith(prefix + "connected").endsWith(prefix + "connected");
      assertThat(news).hasSize(3).allMatch(line -> line.startsWith(prefix));
      await("the last report", () -> hasSaidGoodbye(peer));
      requireBalance(stream, peer);
    }
  }

  private static final class SettableClock extends Clock {
    private volatile Duration offset = Duration.ZERO;

    @Override
    public Instant instant() {
      return Instant.now().plus(offset);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void withoutASensorNothingWaitsForever() throws Exception {
    Endpoint nobody;
    try (StreamPeer peer = peer()) {
      nobody = peer.endpoint();
    }
    SensorStream stream = open(nobody, SETTINGS);
    offer(stream, 20_000);
    assertThat(refused).isPositive();
    await("a reason", () -> stream.problem().contains("connection refused"));
    long begin = System.nanoTime();
    end(stream);
    assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.MILLISECONDS.toNanos(1_500));
    assertThat(stream.packetsSent()).isZero();
    assertThat(givenUp(stream)).isEqualTo(accepted.size());
  }

  @Test
  void aStrangerGetsNothing() throws Exception {
    try (StreamPeer peer = new StreamPeer(certificates.trust("stranger"), "127.0.0.1", 0)) {
      SensorStream stream = open(peer.endpoint(), SETTINGS);
      offer(stream, 10);
      await("a reason", () -> !stream.problem().isEmpty() && !stream.problem().contains("yet"));
      assertThat(stream.problem()).containsIgnoringCase("certif");
      end(stream);
      assertThat(givenUp(stream)).isEqualTo(10);
      assertThat(peer.received()).allMatch(bytes -> bytes.length == 0);
    }
  }

  @Test
  void aPeerThatTakesNothingIsLeft() throws Exception {
    try (StreamPeer peer = peer()) {
      StreamSettings impatient =
          new StreamSettings(
              SETTINGS.queueBytes(),
              SETTINGS.connectNs(),
              TimeUnit.MILLISECONDS.toNanos(300),
              SETTINGS.statisticsNs(),
              SETTINGS.drainNs());
      SensorStream stream = open(peer.endpoint(), impatient);
      await("a connection", stream::isConnected);
      peer.pause(true);
      offer(stream, 20_000);
      await("the end of patience", () -> !stream.isConnected());
      peer.pause(false);
      await("another connection", () -> stream.connections() == 2);
      await("room", () -> stream.packetsAccepted() == stream.packetsSent());
      end(stream);
    }
  }

  @Test
  void statisticsComeBetweenPackets() throws Exception {
    try (StreamPeer peer = peer()) {
      StreamSettings talkative =
          new StreamSettings(
              SETTINGS.queueBytes(),
              SETTINGS.connectNs(),
              SETTINGS.stallNs(),
              TimeUnit.MILLISECONDS.toNanos(1),
              SETTINGS.drainNs());
      SensorStream stream = open(peer.endpoint(), talkative);
      await("a connection", stream::isConnected);
      for (int i = 0; i < 200; i++) {
        offer(stream, 20);
        Thread.sleep(1);
      }
      end(stream);
      await("all", () -> hasSaidGoodbye(peer));
      Blocks blocks = Blocks.read(peer.received().getFirst());
      assertThat(blocks.reports()).hasSizeGreaterThan(10);
      assertThat(blocks.reports())
          .allSatisfy(
              report -> assertThat(report.count("lane.sent")).isEqualTo(report.packetsBefore()));
      assertThat(blocks.packets()).containsExactlyElementsOf(accepted);
    }
  }

  /** Records are not cut where a look at the queue ended: what waits is more than one look. */
  @Test
  void whatWaitsLeavesInFullRecords() throws Exception {
    Endpoint late;
    try (StreamPeer peer = peer()) {
      late = peer.endpoint();
    }
    SensorStream stream = open(late, SETTINGS);
    offer(stream, 1_000);
    assertThat(refused).isZero();
    try (StreamPeer peer = new StreamPeer(certificates.trust("sensor"), "127.0.0.1", late.port())) {
      await("the peer's end", () -> peer.received().size() == 1);
      await("all", () -> stream.packetsSent() == accepted.size());
      long blocks = accepted.stream().mapToLong(one -> PacketBlock.length(one.length)).sum();
      int others =
          new Told().beginning().length
              + new Told().statistics(StreamText.Moment.CONNECTED, 0).length;
      long records = 1 + (blocks + FULL_RECORD_BYTES - 1) / FULL_RECORD_BYTES;
      assertThat(blocks).isGreaterThan(256L << 10);
      assertThat(stream.recordBytesSent() - blocks - others)
          .isLessThanOrEqualTo(records * RECORD_OVERHEAD_BYTES);
      end(stream);
    }
  }
}
