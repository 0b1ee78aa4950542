/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Tcp;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.ingest.Listener;
import io.podtap.sensor.track.FlowHandler;
import io.podtap.sensor.track.Packet;
import io.podtap.sensor.track.ServerPorts;
import io.podtap.sensor.track.Tracker;
import io.podtap.sensor.track.Weird;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams come out in order, each byte once, whatever happened to their segments on the way. */
class ReassemblyTest {

  private static final int PORT = 9_999;

  /** Writes down what came: bytes, {@code [gap N]}, {@code [end]}. */
  private static final class Listener implements FlowHandler {

    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final List<String> events = new ArrayList<>();
    final List<Weird> weirds = new ArrayList<>();
    long gaps;
    boolean wanted = true;

    @Override
    public void onPayload(
        Flow flow, boolean fromOriginator, MemorySegment segment, long offset, int length) {
      assertThat(length).isPositive();
      byte[] copy = segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
      bytes.write(copy, 0, length);
      events.add(length + " bytes");
      if (!wanted) {
        flow.leavePayload();
      }
    }

    @Override
    public void onGap(Flow flow, boolean fromOriginator, long length) {
      assertThat(length).isPositive();
      gaps += length;
      for (long i = 0; i < length; i++) {
        bytes.write('?');
      }
      events.add("gap of " + length);
    }

    @Override
    public void onEnd(Flow flow, boolean fromOriginator) {
      events.add("end");
    }

    @Override
    public void onFlowEnd(Flow flow) {
      events.add("flow end");
    }

    @Override
    public void onWeird(Weird weird, String detail, Flow flow) {
      weirds.add(weird);
    }

    @Override
    public void onWeird(
        Weird weird, String name, String detail, MemorySegment segment, @Nullable Headers headers) {
      weirds.add(weird);
    }
  }

  private final Listener listener = new Listener();
  private long nowNs = Conversation.START_NS;
  private static final ServerPorts NO_PORTS = new ServerPorts(new int[0], new int[0]);

  private Tracker tracker = new Tracker(new Tracker.Settings(100, false, 1), NO_PORTS, listener);

  private void send(boolean fromClient, int flags, int sequence, int acknowledged, byte[] data) {
    byte[] packet = Conversation.tcp(fromClient, PORT, flags, sequence, acknowledged, data.length);
    System.arraycopy(data, 0, packet, packet.length - data.length, data.length);
    MemorySegment segment = MemorySegment.ofArray(packet);
    Headers headers = new Headers();
    headers.locate(segment, 0, packet.length, LinkType.RAW);
    nowNs += 1_000_000;
    tracker.advance(nowNs);
    assertThat(tracker.check().accept(segment, headers, packet.length, true)).isTrue();
    Packet view = new Packet(headers);
    view.begin(nowNs, nowNs, Flow.NO_TAP, /* cutsExpected= */ false);
    view.wrap(segment, /* checksumsKnown= */ true);
    tracker.track(view);
  }

  private void open() {
    send(true, Tcp.SYN, 999, 0, new byte[0]);
    send(false, Tcp.SYN | Tcp.ACK, 4_999, 1_000, new byte[0]);
    send(true, Tcp.ACK, 1_000, 5_000, new byte[0]);
  }

  private void data(byte[] stream, int from, int to) {
    send(true, Tcp.ACK, 1_000 + from, 5_000, Arrays.copyOfRange(stream, from, to));
  }

  private void acknowledge(int upTo) {
    send(false, Tcp.ACK, 5_000, 1_000 + upTo, new byte[0]);
  }

  private static byte[] stream(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void ordersWhatIsShuffledRepeatedAndOverlapping(long seed) {
    Random random = new Random(seed);
    byte[] stream = stream(15_000, seed);
    List<int[]> segments = new ArrayList<>();
    for (int at = 0; at < stream.length; ) {
      int end = Math.min(stream.length, at + 1 + random.nextInt(seed % 2 == 0 ? 1_460 : 40));
      segments.add(new int[] {Math.max(0, at - random.nextInt(30)), end});
      if (random.nextInt(5) == 0) {
        segments.add(new int[] {at, end});
      }
      at = end;
    }
    Collections.shuffle(segments, random);

    open();
    segments.forEach(segment -> data(stream, segment[0], segment[1]));

    assertThat(listener.bytes.toByteArray()).isEqualTo(stream);
    assertThat(listener.gaps).isZero();
    assertThat(tracker.reassemblyBytes()).isZero();
  }

  @Test
  void callsAGapWhatWasAcknowledgedAndNotSeen() {
    byte[] stream = stream(300, 1);
    open();
    data(stream, 0, 100);
    data(stream, 200, 300);
    acknowledge(300);

    assertThat(listener.events).containsExactly("100 bytes", "gap of 100", "100 bytes");
  }

  @Test
  void keepsTheFirstCopyAndNotesAnother() {
    byte[] stream = stream(300, 1);
    byte[] other = stream(300, 2);
    open();
    data(stream, 100, 200);
    data(other, 150, 250);
    data(stream, 0, 100);

    byte[] expected = stream.clone();
    System.arraycopy(other, 200, expected, 200, 50);
    assertThat(listener.bytes.toByteArray()).isEqualTo(Arrays.copyOf(expected, 250));
    assertThat(listener.weirds).contains(Weird.RETRANSMISSION_INCONSISTENCY);
  }

  @Test
  void saysWhenAnEndHasSentAllOnceNothingIsMissing() {
    byte[] stream = stream(20, 1);
    open();
    data(stream, 10, 20);
    send(true, Tcp.FIN | Tcp.ACK, 1_020, 5_000, new byte[0]);
    data(stream, 0, 10);
    tracker.close();

    assertThat(listener.events).containsExactly("10 bytes", "10 bytes", "end", "flow end");
  }

  @Test
  void holdsNothingOfAFlowThatNobodyWants() {
    byte[] stream = stream(300, 1);
    listener.wanted = false;
    open();
    data(stream, 0, 10);
    data(stream, 20, 30);
    data(stream, 10, 20);

    assertThat(listener.events).containsExactly("10 bytes");
    assertThat(tracker.reassemblyBytes()).isZero();
  }

  @Test
  void turnsWhatDoesNotFitIntoAGapAndCountsIt() {
    tracker = new Tracker(new Tracker.Settings(100, false, 1, 4_096), NO_PORTS, listener);
    byte[] stream = stream(12_000, 1);
    open();
    data(stream, 10, 8_000);
    data(stream, 0, 10);
    data(stream, 8_000, 12_000);

    assertThat(listener.gaps).isEqualTo(8_000 - 10 - 4_096);
    assertThat(tracker.poolFullBytes()).isPositive();
    assertThat(listener.bytes.size()).isEqualTo(12_000);
    assertThat(tracker.reassemblyBytes()).isZero();
  }

  @Test
  void takesDataOfASynAndIgnoresKeepAlives() {
    byte[] stream = stream(100, 1);
    send(true, Tcp.SYN, 999, 0, Arrays.copyOf(stream, 10));
    send(false, Tcp.SYN | Tcp.ACK, 4_999, 1_010, new byte[0]);
    send(true, Tcp.ACK, 1_009, 5_000, new byte[] {0}); // the byte before the next
    data(stream, 10, 100);

    assertThat(listener.bytes.toByteArray()).isEqualTo(stream);
  }
}
