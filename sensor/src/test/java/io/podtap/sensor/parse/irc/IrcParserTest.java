/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.irc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.flow.ServiceSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversations of a client and a server, after RFC 2812. */
class IrcParserTest {

  private static Talk talk(int port) {
    return new Talk(port)
        .client("NICK ada\r\nUSER ada host server :Ada Lovelace\r\n")
        .server(":irc.example 001 ada :Welcome\r\n")
        .client("JOIN #one,#two key\r\n  nick grace\r\n")
        .server(":ada!a@h NICK grace\r\n:ada!a@h JOIN :#one\r\nPING :x\r\n")
        .client("PONG :x\r\nQUIT\r\n");
  }

  private static void assertCommands(List<Map<String, String>> rows) {
    assertThat(rows)
        .extracting(
            row -> row.get("nick"),
            row -> row.get("user"),
            row -> row.get("command"),
            row -> row.get("value"),
            row -> row.get("addl"))
        .containsExactly(
            tuple("-", "-", "NICK", "ada", "-"),
            tuple("ada", "-", "USER", "ada", "host server AdaLovelace "),
            tuple("ada", "ada", "JOIN", "#one", " with channel key: 'key'"),
            tuple("ada", "ada", "JOIN", "#two", "(empty)"),
            tuple("ada", "ada", "NICK", "grace", "(empty)"));
  }

  @Test
  void writesCommandsOnAPortOfIrc() {
    assertCommands(talk(6_667).isTheSameHoweverCut("irc").rows("irc"));
  }

  @Test
  void writesCommandsOnAnotherPortOnceTheServerHasSpoken() {
    Talk talk = talk(7_000);

    assertCommands(talk.isTheSameHoweverCut("irc").rows("irc"));
    assertThat(talk.services()).isEqualTo(IrcProtocol.SERVICE.alone());
  }

  @Test
  void leavesOtherTextProtocolsAlone() {
    Talk ftp = new Talk(2_121).client("USER anonymous\r\n").server("331 password please\r\n");
    Talk http = new Talk(6_667).client("GET / HTTP/1.1\r\n\r\n").server("HTTP/1.1 200 OK\r\n\r\n");

    assertThat(ftp.rows("irc")).isEmpty();
    assertThat(http.rows("irc")).isEmpty();
    assertThat(IrcProtocol.SERVICE.isIn(http.services())).isFalse();
  }

  @Test
  void notesLineEndsAndCommandsOfWhatIsNotIrc() {
    assertThat(new Talk(6_667).client("\u0001".repeat(30) + '\r' + "\u0002\n").rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("source"))
        .containsExactly("line_terminated_with_single_CR CONTENTLINE", "irc_invalid_command IRC");
  }

  @Test
  void readsTheLineThatTheEndOfTheConnectionEnds() {
    StreamScript script =
        StreamScript.tcp(6_667, Integer.MAX_VALUE).client("NICK ada\r\nUSER a b c d").end(true);

    assertThat(script.rows("irc"))
        .extracting(row -> row.get("command"))
        .containsExactly("NICK", "USER");
  }

  @Test
  void cutsALineAtTheByteThatIsTooMany() {
    String line = "NICK ada\n" + "a".repeat(1_000);

    assertThat(new Talk(6_667).client(line).rows("weird")).isEmpty();
    assertThat(new Talk(6_667).client(line + "a").rows("weird"))
        .extracting(row -> row.get("name"))
        .containsExactly("contentline_size_exceeded", "irc_line_size_exceeded");
  }

  @ParameterizedTest
  @CsvSource({
    "'ab', irc_line_too_short",
    "':prefixalone', irc_invalid_line",
    "'12 x y', irc_invalid_reply_number",
    "'ABCDEFGHIJKLMNOPQRSTUVWXYZ x', irc_invalid_command",
    "'PRIVMSG bob', irc_invalid_privmsg_message_format",
    "'PRIVMSG bob :\u0001DCC SEND f 1\u0001', irc_invalid_dcc_message_format",
    "'PRIVMSG bob :\u0001DCC SEND f host 20 1\u0001', irc_invalid_dcc_host",
    "'PRIVMSG bob :\u0001DCC SEND f 1 99999 1\u0001', irc_invalid_dcc_port",
    "'JOIN', irc_invalid_join_line"
  })
  void notesWhatIsWrongWithALine(String line, String weird) {
    assertThat(new Talk(6_667).client("NICK a\r\n" + line + "\r\n").rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("source"))
        .containsExactly(weird + " IRC");
  }

  @Test
  void notesLinesOfServersThatAreWrong() {
    assertThat(
            new Talk(6_667).client("NICK a\r\n").server(":s 1 x\r\n:s NJOIN #a\r\n").rows("weird"))
        .extracting(row -> row.get("name"))
        .containsExactly("irc_invalid_reply_number", "irc_invalid_njoin_line");
  }

  @Test
  void notesLinesThatAreTooLong() {
    assertThat(
            new Talk(6_667)
                .client("NICK a\r\n" + "x".repeat(600) + "\r\n" + "y".repeat(1_500) + "\r\n")
                .rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("source"))
        .contains("irc_line_size_exceeded IRC", "contentline_size_exceeded CONTENTLINE");
  }

  @Test
  void givesUpAfterTooManyInvalidCommands() {
    Talk talk = new Talk(6_667).client("NICK a\r\n" + ("Z".repeat(30) + "\r\n").repeat(30));

    assertThat(talk.rows("weird"))
        .extracting(row -> row.get("name"))
        .contains("irc_too_many_invalid");
    assertThat(talk.rows("analyzer")).hasSize(1);
    assertThat(talk.services()).isEqualTo(ServiceSet.EMPTY);
  }

  @Test
  void leadsTlsToItsOwnParser() {
    Talk talk =
        new Talk(6_667)
            .client("STARTTLS\r\n")
            .server(":irc.example 670 * :STARTTLS successful\r\n")
            .clientHex(
                "160301002f" + "0100002b0303" + "11".repeat(32) + "00" + "0004002f0035" + "0100")
            .serverHex("15030300020228");

    assertThat(talk.rows("ssl")).hasSize(1);
    assertThat(talk.services().size()).isEqualTo(2);
  }

  @Test
  void goesOnWithTheNextLineAfterAGap() {
    StreamScript script = StreamScript.tcp(6_667, 1_000);
    script.client("NICK ada\r\nUSER a").gap(true, 50).client("st of it\r\nJOIN #x\r\n");

    assertThat(script.rows("irc"))
        .extracting(row -> row.get("command"))
        .containsExactly("NICK", "JOIN");
  }

  @Test
  void survivesMutation() {
    talk(6_667)
        .client("PRIVMSG b :\u0001DCC SEND f 167772161 5555 12\u0001\r\n")
        .survivesMutation();
  }
}
