/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.Test;

/** Connections made here, protected as a client and a server would. */
class QuicParserTest {

  private static final String ID = "8394c8f03e515708";
  private static final String SERVER_ID = "f067a5502a4262b5";
  private static final HexFormat HEX = HexFormat.of();

  /** A ClientHello that asks example.com for h3. */
  private static byte[] clientHello() {
    return clientHello("0010" + "0005" + "0003" + "02" + "6833");
  }

  private static byte[] clientHello(String protocols) {
    String name = "00" + "0010" + "000e" + "00" + "000b" + "6578616d706c652e636f6d";
    String extensions = "00" + name + protocols;
    String body =
        "0303"
            + "11".repeat(32)
            + "00"
            + "00021301"
            + "0100"
            + String.format("%04x", extensions.length() / 2)
            + extensions;
    return HEX.parseHex("01" + String.format("%06x", body.length() / 2) + body);
  }

  private static byte[] serverHello() {
    String body = "0303" + "22".repeat(32) + "00" + "1301" + "00" + "0006" + "002b00020304";
    return HEX.parseHex("02" + String.format("%06x", body.length() / 2) + body);
  }

  static byte[] crypto(int offset, byte[] data) {
    return ByteBuffer.allocate(5 + data.length)
        .put((byte) 6)
        .putShort((short) (0x4000 | offset))
        .putShort((short) (0x4000 | data.length))
        .put(data)
        .array();
  }

  /** Protects an Initial packet as RFC 9001 section 5 says. */
  static byte[] initial(boolean client, byte[] frames) throws Exception {
    return initial(client, frames, ID, "00000001");
  }

  /**
   * As above.
   *
   * @param id the destination of the client's first packet
   * @param version in hexadecimal digits
   */
  private static byte[] initial(boolean client, byte[] frames, String id, String version)
      throws Exception {
    QuicVersion known = requireNonNull(QuicVersion.of(Long.parseLong(version, 16)));
    byte[] padded = Arrays.copyOf(frames, Math.max(frames.length, client ? 1_162 : 64));
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(HEX.parseHex((known.type(0xC0) == 0 ? "c3" : "d3") + version));
    header.writeBytes(HEX.parseHex(client ? "08" + id + "00" : "0008" + SERVER_ID));
    header.write(0);
    int length = 4 + padded.length + 16;
    header.write(0x40 | length >> 8);
    header.write(length);
    int numberAt = header.size();
    header.writeBytes(new byte[] {0, 0, 0, 2});
    byte[] head = header.toByteArray();
    InitialKeys keys = InitialKeys.derive(known, HEX.parseHex(id), client);
    byte[] nonce = keys.iv().clone();
    nonce[11] ^= 2;
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(Cipher.ENCRYPT_MODE, keys.key(), new GCMParameterSpec(128, nonce));
    gcm.updateAAD(head);
    byte[] body = gcm.doFinal(padded);
    Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
    ecb.init(Cipher.ENCRYPT_MODE, keys.headerKey());
    byte[] mask = ecb.doFinal(body, 0, 16);
    head[0] ^= (byte) (mask[0] & 0x0F);
    for (int i = 0; i < 4; i++) {
      head[numberAt + i] ^= mask[i + 1];
    }
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.writeBytes(head);
    packet.writeBytes(body);
    return packet.toByteArray();
  }

  private static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }

  @Test
  void readsTheHellosAndCountsWhatFollows() throws Exception {
    Talk talk =
        Talk.udp(4_433)
            .clientHex(hex(initial(true, crypto(0, clientHello()))) + "0000")
            .serverHex(
                hex(initial(false, crypto(0, serverHello())))
                    + "e00000000100"
                    + "08"
                    + SERVER_ID
                    + "05"
                    + "0102030405"
                    + "40aabbccdd");
    for (int i = 0; i < 5; i++) {
      talk.clientHex("41" + SERVER_ID + "0102030405060708");
    }
    assertThat(talk.rows("quic"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("version", "1")
                .containsEntry("client_initial_dcid", ID)
                .containsEntry("client_scid", "(empty)")
                .containsEntry("server_scid", SERVER_ID)
                .containsEntry("server_name", "example.com")
                .containsEntry("client_protocol", "h3")
                .containsEntry("history", "ISXishoOOO"));
  }

  private static String weirds(Talk talk) {
    return talk.rows("weird").stream()
        .map(row -> row.get("name") + ' ' + row.get("addl") + ' ' + row.get("source"))
        .collect(Collectors.joining(", "));
  }

  @Test
  void moreThanOneProtocolIsWeird() throws Exception {
    byte[] hello = clientHello("0010" + "0008" + "0006" + "02" + "6833" + "02" + "6832");
    Talk talk = Talk.udp(4_433).clientHex(hex(initial(true, crypto(0, hello))));
    assertThat(weirds(talk)).isEqualTo("QUIC_many_protocols [h3, h2] -");
  }

  @Test
  void aHistoryThatIsTooLongIsWeird() throws Exception {
    Talk talk = Talk.udp(4_433).clientHex(hex(initial(true, crypto(0, clientHello()))));
    for (int i = 0; i < 110; i++) {
      talk.serverHex("e00000000100" + "08" + SERVER_ID + "05" + "0102030405");
    }
    assertThat(weirds(talk)).isEqualTo("QUIC_max_history_length_reached - -");
  }

  @Test
  void packetsBehindAClosedConnectionAreWeird() throws Exception {
    Talk talk =
        Talk.udp(4_433)
            .clientHex(hex(initial(true, crypto(0, clientHello()))))
            .serverHex(hex(initial(false, close())))
            .serverHex("41" + SERVER_ID + "0102030405060708")
            .serverHex("00" + SERVER_ID + "0102030405060708");
    assertThat(weirds(talk))
        .isEqualTo(
            "QUIC_spurious_short_header_packet_threshold_crossed 1 -,"
                + " QUIC_spurious_discarded_packet - -");
  }

  private static byte[] close() {
    return HEX.parseHex("1c010000");
  }

  @Test
  void aCloseEndsOneRecordAndWhatFollowsBeginsAnother() throws Exception {
    String handshake = "e00000000108" + SERVER_ID + "00" + "05" + "0102030405";
    Talk talk =
        Talk.udp(4_433)
            .clientHex(hex(initial(true, crypto(0, clientHello()))))
            .serverHex(hex(initial(false, close())))
            .clientHex(handshake);
    assertThat(talk.rows("quic"))
        .extracting(row -> row.get("history"))
        .containsExactly("ISic", "H");
  }

  @Test
  void readsNoMoreOfAnEndWhoseHelloIsComplete() throws Exception {
    Talk talk =
        Talk.udp(4_433)
            .clientHex(hex(initial(true, crypto(0, clientHello()))))
            .clientHex(hex(initial(true, close())));
    assertThat(talk.rows("quic"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("history", "ISI"));
  }

  @Test
  void putsAHelloTogetherThatComesInPiecesAndOutOfOrder() throws Exception {
    byte[] hello = clientHello();
    byte[] first = Arrays.copyOfRange(hello, 0, 20);
    byte[] second = Arrays.copyOfRange(hello, 20, 50);
    byte[] third = Arrays.copyOfRange(hello, 50, hello.length);
    Talk talk =
        Talk.udp(4_433)
            .clientHex(hex(initial(true, crypto(50, third))))
            .clientHex(hex(initial(true, crypto(0, first))))
            .clientHex(hex(initial(true, crypto(20, second))));
    assertThat(talk.rows("quic"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("server_name", "example.com")
                .containsEntry("history", "IIIS"));
  }

  @Test
  void aRetryEndsOneRecordAndBeginsAnother() throws Exception {
    String packet = hex(initial(true, crypto(0, clientHello())));
    Talk talk =
        Talk.udp(4_433)
            .clientHex(packet)
            .serverHex("f0000000010008" + SERVER_ID + "aabbccdd" + "00".repeat(16))
            .clientHex(packet);
    assertThat(talk.rows("quic"))
        .extracting(row -> row.get("history"))
        .containsExactly("ISr", "IS");
  }

  @Test
  void theServerMayChooseAnotherVersion() throws Exception {
    String[][] versions = {{"00000001", "6b3343cf", "quicv2"}, {"6b3343cf", "00000001", "1"}};
    for (String[] pair : versions) {
      Talk talk =
          Talk.udp(4_433)
              .clientHex(hex(initial(true, crypto(0, clientHello()), ID, pair[0])))
              .serverHex(hex(initial(false, crypto(0, serverHello()), ID, pair[1])));
      assertThat(talk.rows("quic"))
          .singleElement()
          .satisfies(row -> assertThat(row).containsEntry("version", pair[2]));
      assertThat(talk.rows("ssl"))
          .singleElement()
          .satisfies(row -> assertThat(row).containsEntry("version", "TLSv13"));
    }
  }

  @Test
  void aRefusedVersionIsARecordAndTheNextOneAnother() throws Exception {
    String negotiation = "80" + "00000000" + "00" + "08" + ID + "00000001";
    String[] firsts = {
      hex(initial(true, crypto(0, clientHello()), ID, "6b3343cf")),
      "c01a2a3a4a08" + ID + "00" + "00".repeat(1_200)
    };
    for (String first : firsts) {
      Talk talk =
          Talk.udp(443)
              .clientHex(first)
              .serverHex(negotiation)
              .clientHex(hex(initial(true, crypto(0, clientHello()))))
              .serverHex(hex(initial(false, crypto(0, serverHello()))));
      assertThat(talk.rows("quic")).hasSize(2);
      assertThat(talk.rows("quic").get(1))
          .containsEntry("version", "1")
          .containsEntry("server_name", "example.com")
          .containsEntry("history", "ISis");
    }
  }

  @Test
  void aFlowMayCarryConnectionsOneAfterAnother() throws Exception {
    Talk talk = Talk.udp(4_433);
    for (String id : new String[] {ID, "1122334455667788", "99aabbccddeeff00"}) {
      talk.clientHex(hex(initial(true, crypto(0, clientHello()), id, "00000001")))
          .serverHex(hex(initial(false, crypto(0, serverHello()), id, "00000001")));
    }
    assertThat(talk.rows("quic"))
        .extracting(row -> row.get("client_initial_dcid") + " " + row.get("history"))
        .containsExactly(ID + " ISis", "1122334455667788 ISis", "99aabbccddeeff00 ISis");
    assertThat(talk.rows("ssl")).hasSize(3);
  }

  @Test
  void namesAVersionThatItDoesNotKnow() {
    Talk talk = Talk.udp(443).clientHex("c0100100000100" + "00" + "0102030405060708".repeat(4));
    assertThat(talk.rows("quic"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("version", "unknown-10010000")
                .containsEntry("history", "U"));
  }

  @Test
  void leavesOtherTrafficAlone() {
    assertThat(Talk.udp(443).clientHex("17fefd0001000000000001").rows("quic")).isEmpty();
    assertThat(Talk.udp(443).clientHex("40".repeat(30)).rows("quic")).isEmpty();
  }

  @Test
  void damagedPacketsHarmNobody() throws Exception {
    byte[] good = initial(true, crypto(0, clientHello()));
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] bad = Arrays.copyOf(good, 1 + random.nextInt(good.length));
      for (int k = 0; k < 1 + random.nextInt(3); k++) {
        bad[random.nextInt(Math.min(bad.length, 60))] ^= (byte) (1 << random.nextInt(8));
      }
      assertThat(Talk.udp(443).clientHex(hex(bad)).rows("quic").size()).isLessThan(2);
    }
    for (int i = 0; i < 2_000; i++) { // damage inside the protection
      byte[] frames = crypto(0, clientHello());
      for (int k = 0; k < 1 + random.nextInt(4); k++) {
        frames[random.nextInt(frames.length)] ^= (byte) (1 << random.nextInt(8));
      }
      assertThat(Talk.udp(443).clientHex(hex(initial(true, frames))).rows("quic")).hasSize(1);
    }
  }
}
