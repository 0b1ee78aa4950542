/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Tcp;
import io.podtap.core.testing.Allocation;
import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.sink.StreamSink;
import io.podtap.sensor.track.Tracker;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A flow that two taps see is the union of what they deliver. */
class UnionTest {

  private static final long MILLISECOND_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final byte[] REQUEST =
      "GET /a HTTP/1.1\r\nHost: shop\r\n\r\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] ANSWER =
      "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.UTF_8);

  /** From here on, indexes are second ones of the same taps. */
  private static final int FIRST_ALIAS = 100;

  private final MemorySink sink = new MemorySink();
  private final Analysis analysis =
      new Analysis(new Tracker.Settings(1_000, true, 1), sink, tap -> "tap" + tap % FIRST_ALIAS);
  private final Frame frame = new Frame();
  private long nowNs = Conversation.START_NS;
  private int identification = 1;

  /** Hands over a packet from some taps, one after another. */
  private void send(byte[] packet, int... taps) {
    sendCut(packet, packet.length, taps);
  }

  private void sendCut(byte[] packet, int captured, int... taps) {
    for (int tap : taps) {
      nowNs += MILLISECOND_NS / 10;
      frame.wrap(MemorySegment.ofArray(packet), 0, captured, captured, nowNs);
      if (captured < packet.length) {
        frame.originalLengthUnknown();
      }
      analysis.onFrame(frame.origin(LinkType.RAW, tap, /* outgoing= */ false));
    }
    nowNs += MILLISECOND_NS;
  }

  private byte[] tcp(boolean fromClient, int flags, int sequence, int ack, byte... data) {
    byte[] packet = Conversation.tcp(fromClient, 80, flags, sequence, ack, data.length);
    System.arraycopy(data, 0, packet, packet.length - data.length, data.length);
    return identified(packet);
  }

  private byte[] identified(byte[] packet) {
    packet[5] = (byte) identification++;
    Conversation.fillChecksums(packet);
    return packet;
  }

  /** The packets of one HTTP exchange. */
  private List<byte[]> exchange() {
    int asked = 101 + REQUEST.length;
    int answered = 501 + ANSWER.length;
    return List.of(
        tcp(true, Tcp.SYN, 100, 0),
        tcp(false, Tcp.SYN | Tcp.ACK, 500, 101),
        tcp(true, Tcp.ACK, 101, 501),
        tcp(true, Tcp.ACK, 101, 501, REQUEST),
        tcp(false, Tcp.ACK, 501, asked),
        tcp(false, Tcp.ACK, 501, asked, ANSWER),
        tcp(true, Tcp.ACK, asked, answered),
        tcp(true, Tcp.FIN | Tcp.ACK, asked, answered),
        tcp(false, Tcp.FIN | Tcp.ACK, answered, asked + 1),
        tcp(true, Tcp.ACK, asked + 1, answered + 1));
  }

  private Map<String, String> only() {
    analysis.close();
    assertThat(sink.rows("conn")).hasSize(1);
    assertThat(sink.rows("weird")).isEmpty();
    return sink.rows("conn").getFirst();
  }

  private void isWhole(Map<String, String> record) {
    assertThat(record)
        .containsEntry("conn_state", "SF")
        .containsEntry("history", "ShADadFf")
        .containsEntry("orig_pkts", "6")
        .containsEntry("resp_pkts", "4")
        .containsEntry("missed_bytes", "0")
        .containsEntry("service", "http");
    assertThat(sink.rows("http")).hasSize(1);
    assertThat(sink.rows("http").getFirst())
        .containsEntry("uri", "/a")
        .containsEntry("status_code", "204");
  }

  /** A sensor that was restarted has heard a tap on several ports before the tap's first report. */
  @Test
  void aTapWithTwoIndexesIsOne() {
    List<byte[]> packets = exchange();
    for (int i = 0; i < packets.size(); i++) {
      send(packets.get(i), i < 4 ? 0 : FIRST_ALIAS);
    }
    Map<String, String> record = only();
    isWhole(record);
    assertThat(record).containsEntry("tap.id", "tap0");
    for (String column : List.of("tap.also", "tap.only", "tap.also_only")) {
      assertThat(record.getOrDefault(column, "-")).as(column).isIn("-", "");
    }
  }

  @Test
  void oneDeliversTheSynAlone() {
    List<byte[]> packets = exchange();
    send(packets.getFirst(), 0, 1);
    packets.subList(1, packets.size()).forEach(packet -> send(packet, 1));

    Map<String, String> record = only();

    isWhole(record);
    assertThat(record)
        .containsEntry("tap.id", "tap0")
        .containsEntry("tap.also", "tap1")
        .containsEntry("tap.only", "0")
        .containsEntry("tap.also_only", "9");
  }

  @Test
  void oneStopsAfterTheHandshake() {
    List<byte[]> packets = exchange();
    packets.subList(0, 3).forEach(packet -> send(packet, 1, 0));
    packets.subList(3, packets.size()).forEach(packet -> send(packet, 1));

    isWhole(only());
  }

  @Test
  void eachHearsOneDirection() {
    List<byte[]> packets = exchange();
    int[] taps = {0, 1, 0, 0, 1, 1, 0, 0, 1, 0};
    for (int i = 0; i < packets.size(); i++) {
      send(packets.get(i), taps[i]);
    }

    Map<String, String> record = only();

    isWhole(record);
    assertThat(record).containsEntry("tap.only", "6").containsEntry("tap.also_only", "4");
  }

  @Test
  void oneSendsHeadersAlone() {
    for (byte[] packet : exchange()) {
      sendCut(packet, Math.min(packet.length, 40), 0);
      send(packet, 1);
    }

    Map<String, String> record = only();

    isWhole(record);
    assertThat(record).containsEntry("tap.cut_bytes", "0").containsEntry("tap.also_only", "0");
  }

  @Test
  void copiesComeHundredMillisecondsLater() {
    List<byte[]> packets = exchange();
    for (int i = 0; i < packets.size(); i++) {
      if (i != 3) {
        send(packets.get(i), 0);
      }
    }
    nowNs += 100 * MILLISECOND_NS;
    packets.forEach(packet -> send(packet, 1));

    isWhole(only());
  }

  /** A tap that gets little CPU delivers when the other one's packets are analysed already. */
  @Test
  void copiesComeAfterThePacketsWereHandedOn() {
    byte[] ping = Conversation.udp(true, 5_000, 6_000, (byte) 1);
    send(identified(ping), 0, 1);
    List<byte[]> packets = exchange();
    packets.forEach(packet -> send(packet, 0));
    nowNs += 600 * MILLISECOND_NS;
    packets.subList(0, 8).forEach(packet -> send(packet, 1));

    analysis.close();

    assertThat(sink.rows("conn"))
        .filteredOn(row -> "80".equals(row.get("id.resp_p")))
        .hasSize(1)
        .first()
        .satisfies(this::isWhole)
        .satisfies(row ->
            assertThat(row)
                .containsEntry("tap.id", "tap0")
                .containsEntry("tap.also", "tap1")
                .containsEntry("tap.only", "2")
                .containsEntry("tap.also_only", "0"));
    assertThat(analysis.merged().sole()).isEqualTo(2);
  }

  @Test
  void oneBeginsInTheMiddleOfWhatTheOtherHasSentForLong() {
    List<byte[]> packets = exchange();
    send(packets.get(0), 0);
    nowNs += 3_000 * MILLISECOND_NS;
    send(packets.get(1), 0);
    send(packets.get(2), 0);
    send(packets.get(3), 0);
    send(packets.get(3), 1); // a copy of what has been handed on
    for (byte[] packet : packets.subList(4, packets.size())) {
      send(packet, 0, 1);
    }

    isWhole(only());
  }

  @Test
  void whatWasSentTwiceCountsTwice() {
    List<byte[]> packets = exchange();
    for (int i = 0; i < packets.size(); i++) {
      send(packets.get(i), 0, 1);
      if (i == 3) {
        byte[] again = packets.get(i).clone();
        send(identified(again), 1, 0);
      }
    }

    assertThat(only())
        .containsEntry("orig_pkts", "7")
        .containsEntry("history", "ShADTadFf")
        .containsEntry("tap.only", "0");
  }

  /** Behind a network card that joins segments a tap cuts them elsewhere than the sender's. */
  @Test
  void bytesThatAnotherTapHasCutElsewhereAreNotMore() {
    byte[] stream = new byte[100_000];
    send(tcp(true, Tcp.SYN, 100, 0), 0, 1);
    send(tcp(false, Tcp.SYN | Tcp.ACK, 500, 101), 0, 1);
    send(tcp(true, Tcp.ACK, 101, 501), 0, 1);
    for (int round = 0; round < 10; round++) {
      int from = round * 10_000;
      int packets = 0;
      for (int at = from; at < from + 10_000; at += 1_000) {
        byte[] piece = Arrays.copyOfRange(stream, at, at + 1_000);
        if (packets++ != 5) { // which the first has lost
          send(tcp(true, Tcp.ACK, 101 + at, 501, piece), 0);
        }
      }
      for (int at = from; at < from + 10_000; at += 1_250) {
        byte[] piece = Arrays.copyOfRange(stream, at, at + 1_250);
        send(tcp(true, Tcp.ACK, 101 + at, 501, piece), 1);
      }
      send(tcp(false, Tcp.ACK, 501, 101 + from + 10_000), 0, 1);
    }

    analysis.close();
    assertThat(sink.rows("conn")).hasSize(1);
    assertThat(sink.rows("conn").getFirst())
        .containsEntry("orig_bytes", "100000")
        .containsEntry("missed_bytes", "0")
        .satisfies(
            record -> assertThat(Integer.parseInt(record.get("orig_pkts"))).isBetween(102, 112));
  }

  @Test
  void likeDatagramsOfOneTapAreAsManyAsItHasSent() {
    for (int i = 0; i < 5; i++) {
      byte[] datagram = Conversation.udp(true, 5_000, 6_000, new byte[20]);
      send(datagram, i == 2 ? new int[] {1} : new int[] {0, 1});
    }

    assertThat(only()).containsEntry("orig_pkts", "5");
  }

  @Test
  void hostsThatOneTapAloneSeesAreNotHeldForLong() {
    send(Conversation.udp(true, 1_000, 1_001, new byte[20]), 0);
    for (int i = 0; i < 400; i++) {
      byte[] datagram = Conversation.udp(true, 5_000, 6_000, (byte) i, (byte) (i >> 8));
      datagram[15] = 99; // of another host, seen by the second tap alone
      Conversation.fillChecksums(datagram);
      send(datagram, 1);
    }

    assertThat(analysis.merged().duplicates()).isZero();
    analysis.close();
    assertThat(sink.rows("conn"))
        .filteredOn(row -> "5000".equals(row.get("id.orig_p")))
        .hasSize(1)
        .allMatch(row -> "400".equals(row.get("orig_pkts")) && "-".equals(row.get("tap.only")));
  }

  @Test
  void mergingAllocatesNothing() {
    byte[] request = Conversation.tcp(true, 9_999, 0x18, 0, 0, 100);
    byte[] datagram = Conversation.udp(true, 5_000, 6_000, new byte[40]);
    MemorySegment[] packets = {MemorySegment.ofArray(request), MemorySegment.ofArray(datagram)};
    try (Analysis quiet =
        new Analysis(
            new Tracker.Settings(1_000, false, 1),
            new StreamSink(OutputStream.nullOutputStream(), new JsonFormat(), () -> 0),
            tap -> "")) {
      int[] count = new int[1];
      long allocated =
          Allocation.ofWarm(40_000, () -> deliver(quiet, packets, count[0]++)); // grown as well

      assertThat(quiet.merged().duplicates()).isPositive();
      assertThat(allocated).isZero();
    }
  }

  /** Hands over the copies of a packet, one after another. */
  private void deliver(Analysis target, MemorySegment[] packets, int i) {
    MemorySegment packet = packets[i / 2 % packets.length];
    int length = (int) packet.byteSize();
    frame.wrap(packet, 0, length, length, nowNs);
    target.onFrame(frame.origin(LinkType.RAW, i % 2, /* outgoing= */ false));
    nowNs += 100_000;
  }
}
