/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Tcp;
import io.podtap.sensor.ingest.DatagramReceiver;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.taps.KnownTaps;
import io.podtap.sensor.taps.TapTable;
import io.podtap.sensor.track.Tracker;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tap whose clock is wrong changes nothing of what other taps see, nor splits its own flows. */
class ClocksTest {

  private static final int TRUE_TAPS = 10;
  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long START_NS = Conversation.START_NS;

  /** One datagram of a tap: when it was captured by a true clock, and what. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Event(long timeNs, int tap, byte[] packet) {}

  /** Half a minute of a tap: slow handshakes, and datagrams that never pause for long. */
  private static List<Event> traffic(int tap) {
    List<Event> events = new ArrayList<>();
    long startNs = START_NS + tap * 7_000_000L;
    for (int i = 0; i < 300; i++) {
      byte[] datagram = Conversation.udp(i % 2 == 0, 5_000, 6_000, new byte[50]);
      events.add(new Event(startNs + i * SECOND_NS / 10, tap, datagram));
    }
    for (int i = 0; i < 25; i++) {
      long atNs = startNs + i * SECOND_NS;
      int port = 7_000 + i;
      events.add(event(atNs, tap, true, port, Tcp.SYN, 100, 0, 0));
      events.add(event(atNs + SECOND_NS / 2, tap, false, port, Tcp.SYN | Tcp.ACK, 500, 101, 0));
      events.add(event(atNs + SECOND_NS * 6 / 10, tap, true, port, Tcp.ACK, 101, 501, 10));
      events.add(
          event(atNs + SECOND_NS * 7 / 10, tap, false, port, Tcp.FIN | Tcp.ACK, 501, 111, 0));
      events.add(event(atNs + SECOND_NS * 8 / 10, tap, true, port, Tcp.FIN | Tcp.ACK, 111, 502, 0));
      events.add(event(atNs + SECOND_NS * 9 / 10, tap, false, port, Tcp.ACK, 502, 112, 0));
    }
    return events;
  }

  private static Event event(
      long timeNs,
      int tap,
      boolean fromClient,
      int port,
      int flags,
      int sequence,
      int ack,
      int data) {
    byte[] packet = Conversation.tcp(fromClient, port, flags, sequence, ack, data);
    return new Event(timeNs, tap, packet);
  }

  /** Gives each tap addresses of its own, or all the same. */
  private static byte[] datagram(Event event, long skewNs, boolean ownAddresses) {
    byte[] packet = event.packet.clone();
    MemorySegment inner = MemorySegment.ofArray(packet);
    if (ownAddresses) {
      Bytes.putI32(inner, 12, Bytes.i32(inner, 12) + (event.tap << 8));
      Bytes.putI32(inner, 16, Bytes.i32(inner, 16) + (event.tap << 8));
    }
    Conversation.fillChecksums(packet);
    int headers = Geneve.TAP_HEADER_LENGTH + Ethernet.HEADER_LENGTH;
    byte[] datagram = new byte[headers + packet.length];
    MemorySegment segment = MemorySegment.ofArray(datagram);
    int length = Ethernet.HEADER_LENGTH + packet.length;
    Geneve.put(segment, 0, event.tap, event.timeNs + skewNs, length, 0);
    Bytes.putU16(segment, headers - 2, Ethernet.TYPE_IPV4);
    System.arraycopy(packet, 0, datagram, headers, packet.length);
    return datagram;
  }

  private static MemorySink analyse(List<Event> events, boolean ownAddresses, long... skewsNs) {
    MemorySink sink = new MemorySink();
    TapTable taps = new TapTable(KnownTaps.ANY);
    events.sort(Comparator.comparingLong(Event::timeNs));
    try (Analysis analysis =
        new Analysis(new Tracker.Settings(10_000, true, 1), sink, tap -> "tap" + tap)) {
      DatagramReceiver receiver = new DatagramReceiver(taps, analysis, /* knownTapsOnly= */ false);
      long idleNs = START_NS;
      for (Event event : events) {
        for (; idleNs < event.timeNs; idleNs += SECOND_NS / 4) {
          analysis.idle(idleNs);
        }
        byte[] bytes = datagram(event, skewsNs[event.tap], ownAddresses);
        receiver.onPayload(
            MemorySegment.ofArray(bytes),
            0,
            bytes.length,
            /* segmentBytes= */ 0,
            /* geneve= */ true,
            0,
            0xFFFF_0A00_0000L + event.tap,
            /* sourcePort= */ 1_000,
            event.timeNs + 1_000_000);
      }
    }
    return sink;
  }

  private static List<Map<String, String>> rows(MemorySink sink, int first, int end) {
    List<Map<String, String>> rows = TwoTaps.comparable(sink, "conn", name -> false);
    rows.removeIf(row -> {
      int tap = Integer.parseInt(row.getOrDefault("id.orig_h", "").split("\\.", -1)[2]);
      return tap < first || tap >= end;
    });
    return rows;
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 30, 70, 250, 299, 300, 301, 4_000})
  void aTapAheadAndOneBehindChangeNothing(long skewSeconds) {
    long skewNs = skewSeconds * SECOND_NS;
    long[] skewsNs = new long[TRUE_TAPS + 2];
    skewsNs[TRUE_TAPS] = skewNs;
    skewsNs[TRUE_TAPS + 1] = -skewNs;
    List<Event> alone = new ArrayList<>();
    for (int tap = 0; tap < TRUE_TAPS; tap++) {
      alone.addAll(traffic(tap));
    }
    List<Event> all = new ArrayList<>(alone);
    all.addAll(traffic(TRUE_TAPS));
    all.addAll(traffic(TRUE_TAPS + 1));

    List<Map<String, String>> expected =
        rows(analyse(alone, /* ownAddresses= */ true, skewsNs), 0, TRUE_TAPS);
    MemorySink sink = analyse(all, /* ownAddresses= */ true, skewsNs);

    assertThat(rows(sink, 0, TRUE_TAPS)).isEqualTo(expected).hasSize(TRUE_TAPS * 26);
    for (int tap = TRUE_TAPS; tap < TRUE_TAPS + 2; tap++) {
      List<Map<String, String>> own = rows(sink, tap, tap + 1);
      assertThat(own).hasSize(26).allMatch(row -> "SF".equals(row.get("conn_state")));
      assertThat(own)
          .filteredOn(row -> "udp".equals(row.get("proto")))
          .hasSize(1)
          .allMatch(row -> Double.parseDouble(row.getOrDefault("duration", "0")) > 29.8)
          .allMatch(row -> Double.parseDouble(row.getOrDefault("duration", "0")) < 30);
    }
  }

  /** Both ends of the same flows are tapped, and one of the nodes has a wrong clock. */
  @ParameterizedTest
  @ValueSource(longs = {-250, -70, -6, 6, 70, 250})
  void aFlowOfTwoTapsWhoseClocksDifferIsOne(long skewSeconds) {
    List<Event> one = traffic(0);
    List<Event> both = new ArrayList<>(one);
    one.forEach(event -> both.add(new Event(event.timeNs, 1, event.packet)));

    List<Map<String, String>> expected =
        rows(analyse(new ArrayList<>(one), /* ownAddresses= */ false, 0, 0), 0, 1);
    MemorySink sink = analyse(both, /* ownAddresses= */ false, 0, skewSeconds * SECOND_NS);

    assertThat(rows(sink, 0, 1)).isEqualTo(expected).hasSize(26);
    assertThat(sink.rows("weird")).isEmpty();
  }
}
