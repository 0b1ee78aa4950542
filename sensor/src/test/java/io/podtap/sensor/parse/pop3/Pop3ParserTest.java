/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Service;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Conversations of a client and a server, after RFC 1939. */
class Pop3ParserTest {

  private static final String MAIL =
      """
      Subject: hi\r
      Content-Type: multipart/mixed; boundary=b\r
      \r
      --b\r
      \r
      hello there\r
      --b\r
      Content-Transfer-Encoding: base64\r
      \r
      aGVsbG8=\r
      --b--\r
      .\r
      """;

  private static Talk loggedIn(int port) {
    return new Talk(port)
        .server("+OK ready\r\n")
        .client("USER ada\r\n")
        .server("+OK\r\n")
        .client("PASS secret\r\n")
        .server("+OK 2 messages\r\n");
  }

  @ParameterizedTest
  @CsvSource({"110", "4321"})
  void takesTheFilesOutOfMails(int port) {
    Talk talk =
        loggedIn(port)
            .client("LIST\r\n")
            .server("+OK\r\n1 100\r\n2 200\r\n.\r\n")
            .client("RETR 1\r\nRETR 2\r\n")
            .server("+OK 100 octets\r\n" + MAIL)
            .server("+OK 200 octets\r\n" + MAIL)
            .client("QUIT\r\n")
            .server("+OK bye\r\n");

    assertThat(talk.isTheSameHoweverCut("files").rows("files"))
        .extracting(row -> row.get("source"), row -> row.get("seen_bytes"))
        .containsExactly(
            tuple("POP3", "11"), tuple("POP3", "5"), tuple("POP3", "11"), tuple("POP3", "5"));
    assertThat(talk.services()).isEqualTo(Pop3Protocol.SERVICE.alone());
    assertThat(talk.rows("weird")).isEmpty();
  }

  @Test
  void turnsToTlsBehindStls() {
    Talk talk =
        new Talk(110)
            .server("+OK ready\r\n")
            .client("CAPA\r\n")
            .server("+OK\r\nSTLS\r\n.\r\n")
            .client("STLS\r\n")
            .server("+OK begin\r\n")
            .clientHex("160301002d010000290301" + "00".repeat(32) + "000002002f01000000")
            .serverHex("160301002a0200002603010000" + "00".repeat(30) + "00002f00");

    assertThat(talk.rows("weird")).isEmpty();
    ServiceSet both = Pop3Protocol.SERVICE.alone().union(Service.SSL.alone());
    assertThat(both.minus(talk.services()).minus(Service.SSL.alone())).isEqualTo(ServiceSet.EMPTY);
    assertThat(talk.rows("ssl")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryWordInEitherCaseWithOrWithoutASign(Pop3Word word) {
    Pop3Word expected = word == Pop3Word.UNKNOWN ? Pop3Word.UNKNOWN : word;

    assertThat(Pop3Word.of(word.name().toLowerCase(java.util.Locale.ROOT))).isEqualTo(expected);
    assertThat(Pop3Word.of("+" + word.name())).isEqualTo(expected);
    assertThat(Pop3Word.of("-" + word.name())).isEqualTo(expected);
  }

  @Test
  void aMailWithAGapLeavesTheRestOfTheConnectionReadable() {
    Talk talk =
        loggedIn(110)
            .client("TOP 1 0\r\n")
            .server("+OK\r\nSubject: a\r\n\r\nsome text\r\n.\r\n")
            .client("AUTH\r\n")
            .server("-ERR not now\r\n");

    assertThat(talk.rows("files")).hasSize(1);
    assertThat(talk.rows("weird")).isEmpty();
  }

  @Test
  void readsCommandsThatAreSentAheadOneByOne() {
    List<String> names =
        loggedIn(110)
            .client("STAT\r\nNOOP\r\nDELE 1\r\nRSET\r\nUIDL\r\nQUIT\r\n")
            .server("+OK 1 2\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n1 a\r\n.\r\n+OK\r\n")
            .isTheSameHoweverCut("weird")
            .rows("weird")
            .stream()
            .map(row -> row.get("name"))
            .toList();

    assertThat(names).isEmpty();
  }

  @Test
  void isSilentOnAnotherPortUnlessTheServerGreets() {
    Talk talk =
        new Talk(2_121)
            .server("220 FTP\r\n")
            .client("USER ada\r\nFOO\r\n")
            .server("331 password\r\n");

    assertThat(talk.rows("weird")).isEmpty();
  }

  @Test
  void survivesAnything() {
    loggedIn(110).client("RETR 1\r\n").server("+OK\r\n" + MAIL).survivesMutation();
    new Talk(110)
        .server("+OK\r\n")
        .client("AUTH PLAIN\r\n")
        .server("+ \r\n")
        .client("AGFkYQBzZWNyZXQ=\r\n")
        .survivesMutation();
  }
}
