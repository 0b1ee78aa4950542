/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.UdpSocket;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Vxlan;
import io.podtap.core.testing.Allocation;
import io.podtap.tap.encapsulate.Encapsulation;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.encapsulate.Encapsulator;
import io.podtap.tap.encapsulate.LinkHeader;
import io.podtap.tap.ledger.InterfaceLedger;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.segment.Segmenter;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendQueue;
import io.podtap.tap.send.SensorLanes;
import io.podtap.tap.send.SocketOutput;
import io.podtap.tap.shed.ShedSettings;
import io.podtap.tap.stream.SensorStream;
import io.podtap.tap.stream.StreamSettings;
import io.podtap.tap.testing.FrameBuilder;
import io.podtap.tap.testing.RecordingOutput;
import io.podtap.tap.testing.Verifier;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All stages together: frames in, datagrams out, nothing unaccounted for. */
final class MirrorTest {

  private static final Endpoint A = FakeSensors.endpoint(1);
  private static final Endpoint B = FakeSensors.endpoint(2);

  private final Random random = new Random(11);
  private final FakeSource source = new FakeSource();
  private final FakeSensors sensors = new FakeSensors();

  private Tap open(int padBytes) {
    return TapFixture.open(
        source,
        sensors,
        TapFixture.settings(List.of(A, B), padBytes, false),
        System.currentTimeMillis() * 1_000_000L);
  }

  private byte[] anyFrame() {
    FrameBuilder builder = new FrameBuilder().protocol(random.nextBoolean() ? 6 : 17);
    if (random.nextBoolean()) {
      builder.ipv6();
    }
    byte[] frame = builder.payload(random, random.nextInt(3_000)).build();
    if (random.nextInt(10) == 0) {
      frame = Arrays.copyOf(frame, random.nextInt(40)); // some without a whole link header
    } else if (random.nextInt(10) == 0) {
      frame[12] = 8;
      frame[13] = 6;
    }
    return frame;
  }

  private List<RecordingOutput> outputs() {
    List<RecordingOutput> all = new ArrayList<>(sensors.outputs(A));
    all.addAll(sensors.outputs(B));
    return all;
  }

  private List<byte[]> datagrams() {
    return outputs().stream().flatMap(output -> output.datagrams().stream()).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 128})
  void everyFrameIsSentOrCountedWhateverHappens(int padBytes) {
    Tap tap = open(padBytes);
    int[] errors = {11, 101, 111, 1, 90};
    for (RecordingOutput output : outputs()) {
      output.failures = call -> random.nextInt(8) == 0 ? errors[random.nextInt(errors.length)] : 0;
    }
    int frames = 0;
    for (int round = 0; round < 300; round++) {
      for (int i = random.nextInt(30); i > 0; i--) {
        source.add(anyFrame());
        frames++;
      }
      if (round == 100) {
        outputs().forEach(output -> output.mtu = 1_300);
      }
      tap.doWork(System.currentTimeMillis() * 1_000_000L);
    }
    tap.close();
    Ledger.Snapshot ledger = tap.ledger();
    assertThat(ledger.balanced()).as("%s", ledger).isTrue();
    assertThat(ledger.sum(Ledger.InterfaceSnapshot::seen)).isEqualTo(frames);
    assertThat(ledger.failures()).isPositive();
    assertThat(ledger.sent()).isEqualTo(datagrams().size());
    assertThat(ledger.bytes().sent())
        .isEqualTo(datagrams().stream().mapToLong(one -> one.length - Vxlan.HEADER_LENGTH).sum());
    assertThat(ledger.bytes().failed()).isPositive();
    assertThat(ledger.interfaces().getFirst().failed().getFirst().name())
        .isEqualTo("link_header_truncated");
    assertThat(datagrams())
        .allMatch(datagram -> datagram[0] == 8 && datagram[6] == TapFixture.VNI)
        .allMatch(datagram -> datagram.length <= 1_472);
  }

  @Test
  void aClockThatStepsBackStopsNeitherReportsNorSnapshots() {
    long nowNs = System.currentTimeMillis() * 1_000_000L;
    Tap tap = TapFixture.open(source, sensors, TapFixture.settings(List.of(A, B), 1, true), nowNs);
    long hour = 3_600_000_000_000L;
    int frames = 0;
    int reports = datagrams().size();
    for (long stepNs : new long[] {-hour, 2 * hour, 0}) {
      source.add(anyFrame());
      tap.doWork(nowNs + stepNs); // notices
      tap.doWork(nowNs + stepNs + 1_500_000_000L);
      assertThat(tap.ledger().sum(Ledger.InterfaceSnapshot::seen)).isEqualTo(++frames);
    }
    assertThat(datagrams().size() - tap.ledger().sent()).isGreaterThanOrEqualTo(reports + 3);
    tap.close();
    assertThat(tap.ledger().balanced()).isTrue();
  }

  @Test
  void aStreamCutForAPathThatShrinksInTheMiddleIsWhole() {
    Tap tap = open(1);
    byte[] all = new byte[200_000];
    random.nextBytes(all);
    source.facts(frame -> frame.gso(Frame.GSO_TCPV4, 1_448));
    outputs().forEach(output -> output.enforcesMtu = true);
    for (int at = 0; at < all.length; at += 40_000) {
      byte[] part = Arrays.copyOfRange(all, at, at + 40_000);
      source.add(new FrameBuilder().sequence(at).payload(part).build());
      if (at == 80_000) {
        outputs().forEach(output -> output.mtu = 1_280);
      }
      tap.doWork(System.currentTimeMillis() * 1_000_000L);
    }
    tap.close();
    assertThat(tap.ledger().failures()).isZero();
    assertThat(tap.ledger().balanced()).isTrue();
    assertThat(tap.ledger().segment().toString()).contains("refitted");
    byte[] received = new byte[all.length];
    int next = 0;
    for (byte[] datagram : datagrams()) {
      Verifier read = Verifier.read(Arrays.copyOfRange(datagram, 8, datagram.length)).checksummed();
      assertThat(read.sequence()).as("in order, without a gap").isEqualTo(next);
      System.arraycopy(read.payload(), 0, received, next, read.payload().length);
      next += read.payload().length;
    }
    assertThat(received).isEqualTo(all);
  }

  @Test
  void bothDirectionsOfAFlowTakeOneLaneInOrder() {
    Tap tap = open(1);
    for (int i = 0; i < 100; i++) {
      byte[] frame = new FrameBuilder().udp().payload(random, 1 + random.nextInt(300)).build();
      frame[14 + 20] = 120;
      frame[14 + 21] = (byte) (i % 7);
      frame[14 + 4] = (byte) i; // identification: which one of all
      if (i % 2 == 1) {
        swap(frame, 14 + 12, 14 + 16, 4);
        swap(frame, 14 + 20, 14 + 22, 2);
      }
      source.add(frame);
    }
    tap.doWork(System.currentTimeMillis() * 1_000_000L);
    tap.close();
    Map<Integer, Integer> laneOfFlow = new HashMap<>();
    Map<Integer, Integer> lastOfFlow = new HashMap<>();
    for (int lane = 0; lane < outputs().size(); lane++) {
      for (byte[] datagram : outputs().get(lane).datagrams()) {
        int number = datagram[8 + 14 + 4];
        assertThat(laneOfFlow.merge(number % 7, lane, (a, b) -> a)).isEqualTo(lane);
        Integer former = lastOfFlow.put(number % 7, number);
        assertThat(former == null || former < number).isTrue();
      }
    }
    assertThat(lastOfFlow).hasSize(7);
    assertThat(laneOfFlow.values().stream().distinct().count()).isGreaterThan(1);
  }

  private static void swap(byte[] bytes, int a, int b, int length) {
    byte[] kept = Arrays.copyOfRange(bytes, a, a + length);
    System.arraycopy(bytes, b, bytes, a, length);
    System.arraycopy(kept, 0, bytes, b, length);
  }

  /** From the frame to the kernel: real sockets on loopback, where nobody reads. */
  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"VXLAN, JOINED", "GENEVE, JOINED", "VXLAN, SINGLE", "GENEVE, AUTO"})
  void nothingIsAllocatedFromFrameToKernel(Encapsulation tunnel, SendMode mode) {
    try (Arena arena = Arena.ofConfined();
        UdpSocket receiver = UdpSocket.open(false).bind(Endpoint.parse("127.0.0.1:0", 0))) {
      receiver.receiveBufferBytes(4_096);
      Endpoint sensor = Endpoint.parse("127.0.0.1", receiver.localPort());
      List<SocketOutput> sockets = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        sockets.add(SocketOutput.open(sensor, 50_000, 0, 1 << 20));
      }
      try (SensorLanes lanes = new SensorLanes(sensor, sockets, 0, 1, mode)) {
        Ledger ledger = new Ledger(List.of(new InterfaceLedger("eth0")), 0);
        SendQueue queue = new SendQueue(arena, ledger.failed());
        Encapsulator encapsulator =
            new Encapsulator(new EncapsulationSettings(tunnel, TapFixture.VNI), 1);
        Mirror mirror =
            new Mirror(
                new LinkHeader(1),
                new Segmenter(arena, SegmentSettings.DEFAULT, ledger.segment()),
                new TunnelOutput(encapsulator, queue, 1),
                ledger,
                new Sensors(List.of(lanes)),
                null);
        Frame[] frames = frames(arena);
        long allocated =
            Allocation.ofWarm(
                200,
                () -> {
                  for (Frame frame : frames) {
                    mirror.onFrame(frame);
                  }
                  mirror.onBatchEnd();
                });
        assertThat(allocated).isZero();
        assertThat(queue.datagrams()).isGreaterThan(10_000);
        assertThat(ledger.failed().packets().total()).isZero();
      }
    }
  }

  /** What a policy leaves out is part of the account; what is sent says how long it was. */
  @Test
  void whatIsShedIsCounted() {
    TapSettings plain = TapFixture.settings(List.of(A, B), 1, false);
    TapSettings settings =
        new TapSettings(
            plain.source(),
            plain.segment(),
            plain.encapsulation(),
            plain.sensors(),
            1,
            false,
            Optional.empty(),
            new ShedSettings(1, 4_000, Set.of()));
    Tap tap = TapFixture.open(source, sensors, settings, 1_700_000_000_000_000_000L);
    for (int i = 0; i < 2_000; i++) {
      source.add(new FrameBuilder().protocol(6).payload(random, 900).build());
    }
    tap.doWork(System.currentTimeMillis() * 1_000_000L);
    tap.close();
    Ledger.Snapshot ledger = tap.ledger();
    assertThat(ledger.balanced()).as("%s", ledger).isTrue();
    assertThat(ledger.shed().stream().map(Ledger.Count::name))
        .contains("flow_cutoff", "budget_dropped");
    assertThat(ledger.shedBytes()).isPositive();
    assertThat(ledger.sum(Ledger.InterfaceSnapshot::shed)).isPositive();
    assertThat(datagrams()).hasSize((int) ledger.sent());
    assertThat(datagrams().stream().filter(one -> one.length == 8 + 14 + 20 + 20)).isNotEmpty();
  }

  /** From the frame to the queue of a stream. */
  @Test
  void nothingIsAllocatedFromFrameToStream() {
    SensorStream stream = SensorStream.nowhere(A, StreamSettings.DEFAULT.withQueueBytes(1 << 20));
    try (Arena arena = Arena.ofConfined()) {
      Ledger ledger = new Ledger(List.of(new InterfaceLedger("eth0")), 0);
      Mirror mirror =
          new Mirror(
              new LinkHeader(1),
              new Segmenter(arena, SegmentSettings.DEFAULT, ledger.segment()),
              new StreamOutput(ledger.failed(), new int[] {1_500}, false),
              ledger,
              new Sensors(List.of(stream)),
              ledger.shedder(new ShedSettings(0, 5_000, Set.of(53))));
      Frame[] frames = frames(arena);
      long allocated =
          Allocation.ofWarm(
              200,
              () -> {
                for (Frame frame : frames) {
                  mirror.onFrame(frame);
                }
                mirror.onBatchEnd();
                stream.discard();
              });
      assertThat(allocated).isZero();
      assertThat(ledger.failed().packets().total()).isZero();
      assertThat(stream.packetsAccepted()).isGreaterThan(10_000);
    }
    stream.close();
    assertThat(stream.isSettled()).isTrue();
  }

  private Frame[] frames(Arena arena) {
    FrameBuilder big = new FrameBuilder().partialChecksum().payload(random, 30_000);
    Frame superFrame =
        FrameBuilder.frame(arena, big.build())
            .gso(Frame.GSO_TCPV4, 1_448)
            .checksumNeeded(big.transportOffset(), big.checksumOffset());
    return new Frame[] {
      superFrame,
      FrameBuilder.frame(arena, new FrameBuilder().udp().payload(random, 100).build()),
      FrameBuilder.frame(arena, new FrameBuilder().ipv6().udp().payload(random, 90).build()),
      FrameBuilder.frame(arena, new FrameBuilder().ipv6().payload(random, 20).build()),
      FrameBuilder.frame(arena, new byte[9]).origin(LinkType.ETHERNET, 0, false),
    };
  }
}
