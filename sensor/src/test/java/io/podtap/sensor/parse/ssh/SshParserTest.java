/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.RuleList;
import io.podtap.sensor.dispatch.Talk;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Hand-made handshakes after RFC 4253. */
class SshParserTest {

  private static final String ZEROS = "\0".repeat(16);

  private static String number(int value) {
    return ""
        + (char) (value >>> 24)
        + (char) (value >>> 16 & 255)
        + (char) (value >>> 8 & 255)
        + (char) (value & 255);
  }

  private static String message(String payload) {
    return number(payload.length() + 5) + '\4' + payload + "\0\0\0\0";
  }

  private static String offer(String... lists) {
    StringBuilder text = new StringBuilder("\u0014" + ZEROS);
    for (String list : lists) {
      text.append(number(list.length())).append(list);
    }
    return message(text + number(0) + number(0) + "\0" + number(0));
  }

  private static Talk handshake() {
    return new Talk(22)
        .client("SSH-2.0-there\r\n")
        .server("SSH-2.0-here\r\n")
        .client(offer("x,ecdh-sha2-k1", "h1,h2", "c1", "c1", "m1", "m2", "none", "none"))
        .server(offer("ecdh-sha2-k1", "h2", "c0,c1", "c1", "m1", "m2", "none", "none"))
        .server(message("\u001f" + number(3) + "key"))
        .server(message("\u0015"))
        .client(message("\u0015"));
  }

  @Test
  void namesWhatBothEndsAgreeOn() {
    Map<String, String> row = handshake().isTheSameHoweverCut("ssh").rows("ssh").getFirst();

    assertThat(row)
        .containsEntry("version", "2")
        .containsEntry("client", "SSH-2.0-there")
        .containsEntry("cipher_alg", "c1")
        .containsEntry("mac_alg", "To server: m1, to client: m2")
        .containsEntry("kex_alg", "ecdh-sha2-k1")
        .containsEntry("host_key_alg", "h2")
        .containsEntry("host_key_fingerprint", "SHA256:LHDhK3oGRvkiefQnx7OOczTY5Tic/xZ6")
        .containsEntry("auth_success", "-");
  }

  @Test
  void guessesFromLengthsWhoGotIn() {
    Map<String, String> row =
        handshake()
            .client("c".repeat(48))
            .server("s".repeat(48))
            .client("c".repeat(64))
            .server("s".repeat(80))
            .client("c".repeat(96))
            .server("s".repeat(80))
            .client("c".repeat(96))
            .server("s".repeat(32))
            .rows("ssh")
            .getFirst();

    assertThat(row).containsEntry("auth_success", "T").containsEntry("auth_attempts", "2");
  }

  @Test
  void notesAStringOfAKeyExchangeThatIsTooLong() {
    String offer = offer("ecdh-sha2-k1", "h2", "c1", "c1", "m1", "m1", "none", "none");
    String answer = "\u001f" + number(3) + "key" + number(1) + "f" + number(0x78787878);
    Talk talk =
        new Talk(22)
            .client("SSH-2.0-there\r\n")
            .server("SSH-2.0-here\r\n")
            .client(offer)
            .server(offer)
            .server(message(answer));

    assertThat(talk.rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("addl"))
        .containsExactly("SSH_max_string_length_exceeded 2021161080 > 2097152");
  }

  private static Talk greeted(String client, String server) {
    return new Talk(22).client(client + "\r\n").server(server + "\r\n");
  }

  private static String[] offered(int list, String names) {
    String[] lists = {"k", "h", "c", "c", "m", "m", "none", "none", "", ""};
    lists[list] = names;
    return lists;
  }

  private static Talk longList(int list) {
    String names = "a,".repeat(100) + "a";
    StringBuilder text = new StringBuilder("\u0014" + ZEROS);
    for (String one : offered(list, names)) {
      text.append(number(one.length())).append(one);
    }
    return greeted("SSH-2.0-a", "SSH-2.0-b").client(message(text + "\0" + number(0)));
  }

  @Test
  void notesWhatIsWeirdAboutAHandshake() {
    String offer = offer("made-up", "h2", "c1", "c1", "m1", "m1", "none", "none");
    Talk unknown = greeted("SSH-2.0-a", "SSH-2.0-b").client(offer).server(offer);
    RuleList rules =
        new RuleList("SSH")
            .rule(
                "a client of version 1, a server of version 2",
                greeted("SSH-1.5-a", "SSH-2.0-b"),
                "weird",
                "name addl source",
                "SSH_version_mismatch|SSH-2.0-b vs SSH-1.5-a|-")
            .rule(
                "a client of version 2, a server of version 1",
                greeted("SSH-2.0-a", "SSH-1.5-b"),
                "weird",
                "name addl source",
                "SSH_version_mismatch|SSH-1.5-b vs SSH-2.0-a|-")
            .rule(
                "a greeting without a version",
                greeted("SSH-", "SSH-2.0-b"),
                "weird",
                "name addl source",
                "SSH_cannot_determine_version|SSH-2.0-b vs SSH-|-")
            .rule(
                "a method that is not known",
                unknown,
                "weird",
                "name addl source",
                "ssh_unknown_kex_algorithm|made-up|SSH")
            .rule(
                "a packet of more than 8 MiB",
                greeted("SSH-2.0-a", "SSH-2.0-b").client(number((8 << 20) + 1)),
                "weird",
                "name addl source",
                "SSH_max_packet_length_exceeded|8388609 > 8388608|SSH");
    String[] names = {
      "SSH_max_kexinit_kex_algorithms_exceeded",
      "SSH_max_kexinit_hostkey_algorithms_exceeded",
      "SSH_max_kexinit_encryption_algorithms_exceeded",
      "SSH_max_kexinit_encryption_algorithms_exceeded",
      "SSH_max_kexinit_mac_algorithms_exceeded",
      "SSH_max_kexinit_mac_algorithms_exceeded",
      "SSH_max_kexinit_compression_algorithms_exceeded",
      "SSH_max_kexinit_compression_algorithms_exceeded",
      "SSH_max_kexinit_languages_exceeded",
      "SSH_max_kexinit_languages_exceeded"
    };
    for (int i = 0; i < names.length; i++) {
      rules.rule(
          "101 names in list " + i,
          longList(i),
          "weird",
          "name addl source",
          names[i] + "|101 > 100|SSH");
    }
    rules.hold();
  }

  @Test
  void survivesMutation() {
    handshake().survivesMutation();
  }
}
