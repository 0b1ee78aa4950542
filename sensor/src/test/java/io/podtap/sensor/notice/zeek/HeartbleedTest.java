/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.notice.NoticeTalk;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Heartbeats before, between and behind the records of a handshake that is made by hand. */
class HeartbleedTest {

  private static final String ATTACK = "Heartbleed::SSL_Heartbeat_Attack";
  private static final String SUCCESS = "Heartbleed::SSL_Heartbeat_Attack_Success";
  private static final String ODD = "Heartbleed::SSL_Heartbeat_Odd_Length";
  private static final String MANY = "Heartbleed::SSL_Heartbeat_Many_Requests";

  private static final String VERSION_10 = "0301";
  private static final String VERSION_12 = "0303";
  private static final String CBC_SHA_256 = "0035"; // TLS_RSA_WITH_AES_256_CBC_SHA

  private static String bytes(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
  }

  private static String hex(int value, int bytes) {
    return HexFormat.of().toHexDigits(value, 2 * bytes);
  }

  private static String record(int type, String version, String content) {
    return bytes(hex(type, 1) + version + hex(content.length() / 2, 2) + content);
  }

  private static String message(int type, String body) {
    return hex(type, 1) + hex(body.length() / 2, 3) + body;
  }

  private static String heartbeat(String version, int type, int claimed, int sent) {
    return record(24, version, hex(type, 1) + hex(claimed, 2) + "41".repeat(sent));
  }

  private static String encrypted(int type, String version, int length) {
    return record(type, version, "ee".repeat(length));
  }

  private static NoticeTalk hellos(String version, String cipher) {
    String random = "11".repeat(32);
    return new NoticeTalk("detect=heartbleed")
        .connect(443)
        .client(
            record(
                22,
                version,
                message(1, version + random + "00" + "0002" + cipher + "0100" + "0000")))
        .server(
            record(
                22,
                version,
                message(2, version + random + "00" + cipher + "00" + "0000") + message(14, "")));
  }

  private static NoticeTalk established(String version, String cipher) {
    return hellos(version, cipher)
        .client(
            record(22, version, message(16, "00"))
                + record(20, version, "01")
                + encrypted(22, version, 48))
        .server(record(20, version, "01") + encrypted(22, version, 48));
  }

  @Test
  void aClearRequestForMoreThanItSendsAndItsAnswer() {
    try (NoticeTalk talk = hellos(VERSION_10, CBC_SHA_256)) {
      talk.client(heartbeat(VERSION_10, 1, 16_384, 0));
      assertThat(talk.values("notice", "msg"))
          .containsExactly(
              "An TLS heartbleed attack was detected! Record length 3. Payload length 16384");
      talk.server(heartbeat(VERSION_10, 2, 16_384, 4_000));
      assertThat(talk.values("notice", "msg").getLast())
          .isEqualTo(
              "An TLS heartbleed attack detected before was probably exploited. Message length:"
                  + " 4003. Payload length: 16384");
      assertThat(talk.kinds()).containsExactly(ATTACK, SUCCESS);
    }
  }

  @Test
  void aClearRequestThatIsHonestIsAScanAndItsAnswerNothing() {
    try (NoticeTalk talk = hellos(VERSION_12, CBC_SHA_256)) {
      talk.client(heartbeat(VERSION_12, 1, 10, 26)).server(heartbeat(VERSION_12, 2, 10, 26));
      assertThat(talk.kinds()).containsExactly(ATTACK);
      assertThat(talk.values("notice", "n")).containsExactly("29");
      talk.server(heartbeat(VERSION_12, 1, 10, 26)); // the server may ask
      assertThat(talk.kinds()).hasSize(1);
    }
  }

  @Test
  void encryptedHeartbeatsAreJudgedByTheirLengths() {
    try (NoticeTalk talk = established(VERSION_10, CBC_SHA_256)) {
      talk.client(encrypted(24, VERSION_10, 32));
      assertThat(talk.kinds()).containsExactly(ATTACK, ODD);
      talk.server(encrypted(24, VERSION_10, 16_000));
      assertThat(talk.kinds()).containsExactly(ATTACK, ODD, SUCCESS);
      assertThat(talk.values("notice", "msg"))
          .satisfiesExactly(
              text ->
                  assertThat(text)
                      .isEqualTo(
                          "Heartbeat before ciphertext. Probable attack or scan. Length: 32,"
                              + " is_client: 1"),
              text ->
                  assertThat(text)
                      .isEqualTo(
                          "Heartbeat message smaller than minimum required length. Probable attack."
                              + " Message length: 32. Required length: 48. Cipher:"
                              + " TLS_RSA_WITH_AES_256_CBC_SHA. Cipher match:"
                              + " /^?(_256_CBC_SHA$)$?/"),
              text ->
                  assertThat(text)
                      .startsWith(
                          "An encrypted TLS heartbleed attack was probably detected! First packet"
                              + " client record length 32, first packet server record length 16000."
                              + " Time: 0.0"));
    }
  }

  /** Records that are cut anywhere by segments. */
  @ParameterizedTest
  @CsvSource({"1", "4", "5", "7", "100"})
  void segmentsDoNotMatter(int pieceBytes) {
    String said =
        encrypted(23, VERSION_12, 300)
            + encrypted(24, VERSION_12, 64)
            + encrypted(23, VERSION_12, 1)
            + encrypted(24, VERSION_12, 10);
    try (NoticeTalk talk = established(VERSION_12, CBC_SHA_256)) {
      for (int at = 0; at < said.length(); at += pieceBytes) {
        talk.client(said.substring(at, Math.min(said.length(), at + pieceBytes)));
      }
      assertThat(talk.kinds()).containsExactly(ATTACK, ODD);
      assertThat(talk.values("notice", "msg").getFirst())
          .startsWith("Heartbeat within first minute. Possible attack or scan. Length: 64,");
      assertThat(talk.values("notice", "n").getLast()).isEqualTo("10");
    }
  }

  /** The smallest heartbeat of each family of ciphers, and one byte less. */
  @ParameterizedTest
  @CsvSource({
    "0301, 002f, 48", // AES_128_CBC_SHA
    "0302, 002f, 64",
    "0303, 003c, 80", // AES_128_CBC_SHA256
    "0303, c028, 96", // AES_256_CBC_SHA384
    "0303, c02f, 43", // AES_128_GCM_SHA256
    "0303, 009d, 43", // AES_256_GCM_SHA384
    "0301, 000a, 40", // 3DES_EDE_CBC_SHA
    "0303, 000a, 48",
    "0301, 0009, 40", // DES_CBC_SHA
    "0303, 0005, 39", // RC4_128_SHA
    "0301, 0004, 35", // RC4_128_MD5
    "0302, 0096, 64", // SEED_CBC_SHA
    "0301, 0007, 40", // IDEA_CBC_SHA
  })
  void lengthsDependOnVersionAndCipher(String version, String cipher, int smallest) {
    for (int length : new int[] {smallest, smallest - 1}) {
      try (NoticeTalk talk = established(version, cipher)) {
        talk.client(encrypted(23, version, 100)).pause(Duration.ofMinutes(2));
        talk.client(encrypted(24, version, length));
        assertThat(talk.kinds()).isEqualTo(length == smallest ? List.of() : List.of(ODD));
      }
    }
  }

  @Test
  void requestsThatAreNotAnsweredAreCountedForEachEnd() {
    for (boolean ofClient : new boolean[] {true, false}) {
      try (NoticeTalk talk = established(VERSION_12, CBC_SHA_256)) {
        talk.client(encrypted(23, VERSION_12, 100)).pause(Duration.ofMinutes(2));
        for (int i = 0; i < 8; i++) {
          String beat = encrypted(24, VERSION_12, 64);
          if (ofClient) {
            talk.client(beat);
          } else {
            talk.server(beat);
          }
        }
        assertThat(talk.kinds()).containsExactly(MANY);
        assertThat(talk.values("notice", "n")).containsExactly("4");
      }
    }
  }

  @Test
  void regularHeartbeatsOfALongConnectionAreNothing() {
    try (NoticeTalk talk = established(VERSION_12, CBC_SHA_256)) {
      talk.client(encrypted(23, VERSION_12, 100)).pause(Duration.ofMinutes(2));
      for (int i = 0; i < 50; i++) {
        talk.client(encrypted(24, VERSION_12, 64)).server(encrypted(24, VERSION_12, 64));
        talk.server(encrypted(24, VERSION_12, 64)).client(encrypted(24, VERSION_12, 64));
      }
      assertThat(talk.kinds()).isEmpty();
    }
  }

  @Test
  void datagramsHaveHeartbeatsToo() {
    String random = "11".repeat(32);
    String hello = "fefd" + random + "00" + "00" + "0002" + CBC_SHA_256 + "0100" + "0000";
    String answer = "fefd" + random + "00" + CBC_SHA_256 + "00" + "0000";
    try (NoticeTalk talk = new NoticeTalk("detect=heartbleed").datagrams(4_433)) {
      talk.client(datagram(22, 0, 0, fragment(1, 0, hello)))
          .server(datagram(22, 0, 0, fragment(2, 0, answer)))
          .client(datagram(24, 0, 1, "01" + "4000"));
      assertThat(talk.kinds()).containsExactly(ATTACK);
      talk.client(datagram(20, 0, 2, "01") + datagram(22, 1, 0, "ee".repeat(48)))
          .server(datagram(20, 0, 1, "01") + datagram(22, 1, 0, "ee".repeat(48)))
          .client(datagram(24, 1, 1, "ee".repeat(18)));
      assertThat(talk.kinds()).containsExactly(ATTACK, ATTACK, ODD);
    }
  }

  private static String datagram(int type, int epoch, int number, String content) {
    return bytes(
        hex(type, 1)
            + "fefd"
            + hex(epoch, 2)
            + hex(number, 6)
            + hex(content.length() / 2, 2)
            + content);
  }

  private static String fragment(int type, int number, String body) {
    String length = hex(body.length() / 2, 3);
    return hex(type, 1) + length + hex(number, 2) + hex(0, 3) + length + body;
  }
}
