/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Tcp;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What both ends must agree on before a flow's service is named. */
class ServicesTest {

  /** Client and server in turn, beginning with the client; an empty text is skipped. */
  private static String service(int port, boolean begin, String... texts) {
    Conversation conversation = new Conversation(port);
    int[] next = {1_001, 5_001};
    if (begin) {
      conversation.say(">S <SA >A");
    }
    for (int i = 0; i < texts.length; i++) {
      int side = i % 2;
      byte[] text = texts[i].translateEscapes().getBytes(StandardCharsets.ISO_8859_1);
      if (text.length > 0) {
        byte[] packet =
            Conversation.tcp(
                side == 0, port, Tcp.ACK | Tcp.PSH, next[side], next[1 - side], text.length);
        System.arraycopy(text, 0, packet, 40, text.length);
        Conversation.fillChecksums(packet);
        conversation.send(packet);
        next[side] += text.length;
      }
    }
    return conversation.records().getFirst().getOrDefault("service", "");
  }

  @ParameterizedTest(name = "{0} | {1} is {2}")
  @CsvSource({
    "'GET / HTTP/1.1\\r\\n\\r\\n', 'HTTP/1.1 200 OK\\r\\n\\r\\n', http",
    "'GET / HTTP/1.1\\r\\n\\r\\n', '', http",
    "'GET / HTTP/1.1\\r\\n\\r\\n', 'SSH-2.0-x\\r\\n', -",
    "'GET /ws HTTP/1.1\\r\\n\\r\\n', 'HTTP/1.1 101 X\\r\\nUpgrade: websocket\\r\\n\\r\\n', 'http,websocket'",
    "'SSH-2.0-a\\r\\n', 'SSH-2.0-b\\r\\n', -", // sure once keys are new
    "'nothing known', 'nor here', -"
  })
  void namesWhatBothEndsAgreeOn(String client, String server, String expected) {
    assertThat(service(9_999, true, client, server)).isEqualTo(expected);
  }

  @Test
  void waitsForTheServerWhereClientsLookAlike() {
    assertThat(service(21, true, "", "220 FTP ready\\r\\n", "USER a\\r\\n")).isEqualTo("ftp");
    assertThat(service(25, true, "", "220 mail\\r\\n", "EHLO a\\r\\n")).isEqualTo("smtp");
    assertThat(service(110, true, "", "+OK ready\\r\\n", "USER a\\r\\n", "+OK\\r\\n"))
        .isEqualTo("pop3");
    assertThat(service(21, true, "USER a\\r\\n", "what?\\r\\n")).isEqualTo("-");
    assertThat(service(21, true, "FOOS a\\r\\n")).isEqualTo("ftp"); // its port and a command
  }

  @Test
  void followsTextProtocolsThatTurnToTls() {
    assertThat(
            service(
                143,
                true,
                "",
                "* OK ready\\r\\n",
                "a STARTTLS\\r\\n",
                "a OK\\r\\n",
                "\\26\\3\\1\\0\\55" // a record with the shortest of Hellos
                    + "\\1\\0\\0\\51\\3\\3"
                    + "r".repeat(32)
                    + "\\0\\0\\2\\23\\1\\1\\0"))
        .isEqualTo("imap,ssl");
  }

  @Test
  void namesNoHttpInAConnectionWhoseBeginningWasNotSeen() {
    assertThat(service(80, false, "GET / HTTP/1.1\\r\\n\\r\\n")).isEqualTo("-");
  }
}
