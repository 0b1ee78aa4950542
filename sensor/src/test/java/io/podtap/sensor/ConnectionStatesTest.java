/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.track.Tracker;
import io.podtap.sensor.track.Weird;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every connection state and history letter, from packets; time-outs by packet time. */
class ConnectionStatesTest {

  @ParameterizedTest(name = "{0} is {1} with history {2}")
  @CsvSource({
    "'>S', S0, S, 0, 0",
    "'>S =>S =>S', S0, S, 0, 0",
    "'>S <SA >A', S1, ShA, 0, 0",
    "'>S <SA >A >10 <20', S1, ShADd, 10, 20",
    "'>S <SA >A >10 <A <20 >A >F <F >A', SF, ShADadFf, 10, 20",
    "'>S <SA >A >10 <A >F <A', S2, ShADaF, 10, 0",
    "'>S <SA >A <20 >A <F >A', S3, ShAdf, 0, 20",
    "'>S <R', REJ, Sr, 0, 0",
    "'>S <RA', REJ, Sr, 0, 0",
    "'>S <SA >A >10 <A >R', RSTO, ShADaR, 10, 0",
    "'>S <SA >A >10 <A <RA', RSTR, ShADar, 10, 0",
    "'>S >R', RSTOS0, SR, 0, 0",
    "'<SA <R', RSTRH, ^hr, 0, 0",
    "'>S >F', SH, SF, 0, 0",
    "'<SA <F', SHR, ^hf, 0, 0",
    "'>10 <A <20', OTH, Dad, 10, 20",
    "'<SA >A >10 <A >F <F >A', SF, ^hADaFf, 10, 0",
    "'>S <SA >A =>10 >F <F >A', SF, ShADFf, 10, 0"
  })
  void namesStatesAsZeekDoes(
      String words, String state, String history, String sent, String received) {
    List<Map<String, String>> records;
    try (Conversation conversation = new Conversation(words.startsWith("<") ? 443 : 9_999)) {
      records = conversation.say(words).records(); // a likely server, where it comes first
    }

    assertThat(records).hasSize(1);
    assertThat(records.getFirst())
        .containsEntry("conn_state", state)
        .containsEntry("history", history)
        .containsEntry("id.orig_h", "10.0.0.1");
    if (!"-".equals(records.getFirst().get("duration"))) {
      assertThat(records.getFirst())
          .containsEntry("orig_bytes", sent)
          .containsEntry("resp_bytes", received);
    }
  }

  @ParameterizedTest(name = "{0} has history {1}")
  @CsvSource({
    "'>S <SA >A >10 =>10 <A', ShADTa", // sent again
    "'>S <SA >A >10 0<A', ShADWa", // window closed: not by the receiver of a FIN
    "'>S <SA >A !>10', ShAC", // checksum
    "'>S <SA >A x>10 >10 <A', ShADGa", // gap
    "'>SF', Q",
    "'>FR', I"
  })
  void writesTheRarerLetters(String words, String history) {
    String seen = Conversation.of(words).getFirst().getOrDefault("history", "");

    assertThat(sorted(seen)).isEqualTo(sorted(history.replace("Wa", "wa")));
  }

  private static List<Integer> sorted(String letters) {
    return letters.chars().sorted().boxed().toList();
  }

  @Test
  void repeatsLettersAtEachPowerOfTen() {
    StringBuilder words = new StringBuilder(">S <SA >A >10");
    words.append(" =>10".repeat(100));

    assertThat(Conversation.of(words.toString()).getFirst())
        .containsEntry("history", "ShADTTT")
        .containsEntry("orig_bytes", "10");
  }

  @Test
  void countsGapsOnceTheyAreAcknowledged() {
    assertThat(Conversation.of(">S <SA >A x>100 >10 <A >10 <A").getFirst())
        .containsEntry("missed_bytes", "100")
        .containsEntry("orig_bytes", "120")
        .containsEntry("orig_pkts", "4");
  }

  @Test
  void takesWhatComesLateForNoGap() {
    // The third segment overtakes the second.
    assertThat(Conversation.of(">S <SA >A >10 x>20 >30 ~1 <A").getFirst().get("missed_bytes"))
        .isEqualTo("20");
    try (Conversation late = new Conversation(9_999)) {
      late.say(">S <SA >A");
      late.send(checked(Conversation.tcp(true, 9_999, 0x10, 1_011, 5_001, 10)));
      late.send(checked(Conversation.tcp(true, 9_999, 0x10, 1_001, 5_001, 10)));
      late.send(checked(Conversation.tcp(false, 9_999, 0x10, 5_001, 1_021, 0)));
      assertThat(late.records().getFirst())
          .containsEntry("missed_bytes", "0")
          .containsEntry("history", "ShADTa"); // Zeek calls data below the highest "sent again"
    }
  }

  private static byte[] checked(byte[] packet) {
    Conversation.fillChecksums(packet);
    return packet;
  }

  @Test
  void leavesOutTheLastAcknowledgmentOfADuration() {
    Map<String, String> record = Conversation.of(">S <SA >A >F <F ~500 >A").getFirst();

    assertThat(record).containsEntry("duration", "0.004000").containsEntry("orig_pkts", "4");
  }

  @ParameterizedTest(name = "{0}: {1} records")
  @CsvSource({
    "'>S ~4000 =>S', 1", // within tcp_attempt_delay
    "'>S ~6000 =>S', 2", // beyond it
    "'>S <SA >A >F <F >A ~4000 >A', 1", // within tcp_close_delay
    "'>S <SA >A >F <F >A ~6000 >A', 2",
    "'>S <SA >A ~200000 >10 <A', 1", // within tcp_inactivity_timeout
    "'>S <SA >A ~301000 >10 <A', 2"
  })
  void endsConnectionsWhenTheirTimeIsOver(String words, int records) {
    assertThat(Conversation.of(words)).hasSize(records);
  }

  @Test
  void beginsAnewWhenASynReusesThePorts() {
    try (Conversation conversation = new Conversation(9_999)) {
      conversation.say(">S <SA >A >10 <A >F <F >A ~100");
      conversation.send(checked(Conversation.tcp(true, 9_999, 0x02, 77_000, 0, 0)));
      assertThat(conversation.records())
          .extracting(record -> record.get("conn_state"))
          .containsExactly("SF", "S0");
    }
  }

  @Test
  void turnsRolesByTheServersPortWhenTheBeginningWasNotSeen() {
    try (Conversation conversation = new Conversation(443)) {
      conversation.say("<20 >A");
      assertThat(conversation.records().getFirst())
          .containsEntry("id.orig_h", "10.0.0.1")
          .containsEntry("id.resp_p", "443")
          .containsEntry("history", "^dA");
    }
  }

  @Test
  void countsDatagramsByTheirOwnLength() {
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(Conversation.udp(true, 5_000, 6_000, new byte[20]));
      conversation.send(Conversation.udp(false, 5_000, 6_000, new byte[60]));
      assertThat(conversation.records().getFirst())
          .containsEntry("conn_state", "SF")
          .containsEntry("history", "Dd")
          .containsEntry("orig_bytes", "20")
          .containsEntry("orig_ip_bytes", "48")
          .containsEntry("resp_bytes", "60")
          .containsEntry("duration", "0.001000")
          .containsEntry("ip_proto", "17");
    }
  }

  @Test
  void endsDatagramsAfterAMinuteOfSilence() {
    byte[] datagram = Conversation.udp(true, 5_000, 6_000, new byte[20]);
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(datagram).say("~59000").send(datagram).say("~61000").send(datagram);
      assertThat(conversation.records())
          .extracting(record -> record.get("orig_pkts"))
          .containsExactly("2", "1");
    }
  }

  @Test
  void leavesOutADatagramWhoseChecksumIsWrong() {
    byte[] datagram = Conversation.udp(true, 5_000, 6_000, new byte[20]);
    datagram[datagram.length - 1] ^= 1;
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(datagram);
      assertThat(conversation.analysis().weirds().count(Weird.BAD_UDP_CHECKSUM)).isEqualTo(1);
      assertThat(conversation.records().getFirst())
          .containsEntry("history", "C")
          .containsEntry("conn_state", "OTH")
          .containsEntry("orig_pkts", "0")
          .containsEntry("duration", "-");
    }
  }

  @Test
  void doesNotCheckWhatWasNotCapturedWhole() {
    byte[] datagram = Conversation.udp(true, 5_000, 6_000, new byte[20]);
    datagram[datagram.length - 1] ^= 1;
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(datagram, datagram.length - 4, LinkType.RAW);
      assertThat(conversation.records().getFirst()).containsEntry("history", "D");
    }
  }

  @Test
  void pairsEchoRequestsWithTheirReplies() {
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(icmp(true, 8, 0)).send(icmp(false, 0, 0)).send(icmp(false, 3, 1));
      assertThat(conversation.records())
          .anySatisfy(record ->
              assertThat(record)
                  .containsEntry("proto", "icmp")
                  .containsEntry("id.orig_p", "8")
                  .containsEntry("id.resp_p", "0")
                  .containsEntry("orig_bytes", "24")
                  .containsEntry("resp_pkts", "1"))
          .anySatisfy(record ->
              assertThat(record)
                  .containsEntry("id.orig_h", "192.0.2.1")
                  .containsEntry("id.orig_p", "3")
                  .containsEntry("id.resp_p", "1"))
          .hasSize(2);
    }
  }

  private static byte[] icmp(boolean fromClient, int type, int code) {
    byte[] packet = Conversation.ip(fromClient, IpProtocol.ICMP, 32);
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putU8(segment, 20, type);
    Bytes.putU8(segment, 21, code);
    return checked(packet);
  }

  @Test
  void knowsOtherProtocolsByTheirNumberAlone() {
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(checked(Conversation.ip(true, 89, 40)));
      assertThat(conversation.records().getFirst())
          .containsEntry("proto", "unknown_transport")
          .containsEntry("ip_proto", "89")
          .containsEntry("id.orig_p", "0")
          .containsEntry("orig_ip_bytes", "60");
    }
  }

  @Test
  void givesTheCommunityIdOfTheSpecification() {
    byte[] packet = Conversation.tcp(true, 80, 0x02, 1, 0, 0);
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putI32(segment, 12, 0x80E8_6E78); // 128.232.110.120
    Bytes.putI32(segment, 16, 0x4223_FACC); // 66.35.250.204
    Bytes.putU16(segment, 20, 34_855);
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(checked(packet));
      assertThat(conversation.records().getFirst())
          .containsEntry("community_id", "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    }
  }

  @Test
  void makesRoomByEndingTheMostSilentFlow() {
    try (Conversation conversation = new Conversation(0, new Tracker.Settings(3, true, 7))) {
      for (int port = 1; port <= 3; port++) {
        conversation.send(Conversation.udp(true, port, 9_999, new byte[1]));
      }
      conversation.say("~1000").send(Conversation.udp(true, 1, 9_999, new byte[1])).say("~1000");
      conversation.send(Conversation.udp(true, 4, 9_999, new byte[1]));
      assertThat(conversation.analysis().flows()).isEqualTo(3);
      List<Map<String, String>> records = conversation.records();
      assertThat(records).hasSize(4);
      assertThat(records.getFirst().get("id.orig_p")).isIn("2", "3");
    }
  }

  /** The sizes of holes do not matter, those of what is kept do. */
  @ParameterizedTest
  @ValueSource(ints = {10_000_000, 11_000_000, 100_000_000})
  void aHoleOfAnySizeIsAHole(int bytes) {
    try (Conversation conversation = new Conversation(9_999)) {
      conversation.say(">S <SA >A");
      int next = 1_001 + bytes;
      conversation.send(checked(Conversation.tcp(true, 9_999, 0x18, 1_001, 5_001, 10)));
      conversation.send(checked(Conversation.tcp(false, 9_999, 0x10, 5_001, 1_011, 0)));
      conversation.send(checked(Conversation.tcp(true, 9_999, 0x18, next, 5_001, 10)));
      conversation.send(checked(Conversation.tcp(false, 9_999, 0x10, 5_001, next + 10, 0)));
      conversation.send(checked(Conversation.tcp(true, 9_999, 0x18, next + 10, 5_001, 10)));
      conversation.send(checked(Conversation.tcp(false, 9_999, 0x10, 5_001, next + 20, 0)));
      assertThat(conversation.records())
          .hasSize(1)
          .first()
          .satisfies(record ->
              assertThat(record)
                  .containsEntry("history", "ShADaG")
                  .containsEntry("missed_bytes", Integer.toString(bytes - 10))
                  .containsEntry("orig_bytes", Integer.toString(bytes + 20)));
      assertThat(conversation.analysis().weirds().count(Weird.EXCESSIVE_DATA)).isZero();
    }
  }

  @ParameterizedTest(name = "port {0} idle for {1} s: {2} records")
  @CsvSource({
    "21, 3500, 1",
    "22, 3500, 1",
    "23, 3500, 1",
    "513, 3500, 1",
    "22, 3700, 2",
    "24, 3500, 2"
  })
  void connectionsOfPersonsMayBeSilentForAnHour(int port, int seconds, int records) {
    try (Conversation conversation = new Conversation(port)) {
      conversation.say(">S <SA >A >10 <A ~" + seconds * 1_000L + " >10 <A");
      assertThat(conversation.records()).hasSize(records);
    }
  }

  @ParameterizedTest(name = "{0}: {1} records")
  @CsvSource({
    "'>S <RA ~10 >S', 2", // refused, tried again
    "'>S <RA ~10 =>S', 2", // by the same SYN
    "'>S <SA >A >10 <A >R ~10 >S', 2",
    "'>S <SA >A >F ~10 >S', 2", // one end has closed
    "'>S ~10 =>S', 1"
  })
  void aSynAfterAnEndIsAnotherConnection(String words, int records) {
    assertThat(Conversation.of(words)).hasSize(records);
  }

  private static byte[] dns(int id, boolean answer) {
    byte[] message = new byte[12 + 7 + 4];
    message[0] = (byte) (id >> 8);
    message[1] = (byte) id;
    message[2] = (byte) (answer ? 0x84 : 0x01);
    message[5] = 1;
    message[12] = 1;
    message[13] = 'a';
    message[14] = 3;
    message[15] = 'c';
    message[16] = 'o';
    message[17] = 'm';
    message[20] = 1;
    message[22] = 1;
    return message;
  }

  @ParameterizedTest(name = "silent for {0} ms: {1} records")
  @CsvSource({"8000, 1", "21000, 2"})
  void datagramsOfDnsEndTenSecondsAfterTheLast(int silenceMs, int records) {
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(Conversation.udp(true, 5_000, 53, dns(1, false)));
      conversation.send(Conversation.udp(false, 5_000, 53, dns(1, true)));
      conversation.say("~" + silenceMs);
      conversation.send(Conversation.udp(true, 5_000, 53, dns(2, false)));
      assertThat(conversation.records()).hasSize(records);
    }
  }

  @Test
  void whoAnswersFirstIsTheServer() {
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(Conversation.udp(true, 5_000, 53, dns(1, true)));
      assertThat(conversation.records().getFirst())
          .containsEntry("id.resp_h", "10.0.0.1")
          .containsEntry("history", "D^")
          .containsEntry("orig_pkts", "1")
          .containsEntry("resp_pkts", "0")
          .containsEntry("conn_state", "S0");
    }
  }

  /** The datagram by which the ends changed places counts for the originator, as in Zeek. */
  @Test
  void anAnswerOfNtpThatIsSeenFirstCountsForTheClient() {
    byte[] answer = new byte[48];
    answer[0] = 0x24;
    byte[] question = new byte[48];
    question[0] = 0x23;
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(Conversation.udp(true, 123, 123, answer));
      conversation.send(Conversation.udp(false, 123, 123, question));
      conversation.send(Conversation.udp(true, 123, 123, answer));
      assertThat(conversation.records().getFirst())
          .containsEntry("id.resp_h", "10.0.0.1")
          .containsEntry("history", "D^d")
          .containsEntry("orig_pkts", "2")
          .containsEntry("orig_bytes", "96")
          .containsEntry("resp_pkts", "1")
          .containsEntry("resp_bytes", "48")
          .containsEntry("conn_state", "SF");
    }
  }

  @Test
  void notesWhatWasNotLookedInto() {
    byte[] message = dns(1, false);
    message[2] = 0x38; // a kind that nobody knows
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(Conversation.udp(true, 5_000, 53, message));
      conversation.send(Conversation.udp(true, 5_000, 53, message));
      assertThat(conversation.records().getFirst()).containsEntry("history", "DX");
      assertThat(conversation.rows("weird"))
          .extracting(row -> row.get("name"))
          .containsExactly("DNS_unknown_opcode");
    }
  }
}
