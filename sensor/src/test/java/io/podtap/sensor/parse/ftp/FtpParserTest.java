/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Conversations of RFC 959. */
class FtpParserTest {

  private static Talk talk() {
    return new Talk(2_121)
        .server("220-welcome\r\n to\r\n220 FTP\r\n")
        .client("USER joe\r\n")
        .server("331 who\r\n")
        .client("PASS secret\r\n")
        .server("230 in\r\n")
        .client("CWD /a/b/../c\r\n")
        .server("250 ok\r\n")
        .client("PASV\r\n")
        .server("227 Passive (10,0,0,2,4,1)\r\n")
        .client("RETR ./f\r\n")
        .server("150 Opening f (12 bytes)\r\n226 done\r\n")
        .client("QUIT\r\n")
        .server("221 bye\r\n");
  }

  @Test
  void pairsCommandsWithReplies() {
    List<Map<String, String>> rows = talk().isTheSameHoweverCut("ftp").rows("ftp");

    assertThat(rows).hasSize(2);
    assertThat(rows.getFirst())
        .containsEntry("command", "PASV")
        .containsEntry("user", "joe")
        .containsEntry("password", "<hidden>")
        .containsEntry("reply_code", "227")
        .containsEntry("data_channel.passive", "T")
        .containsEntry("data_channel.resp_p", "1025");
    assertThat(rows.getLast())
        .containsEntry("command", "RETR")
        .containsEntry("arg", "ftp://192.0.2.1/a/c/f")
        .containsEntry("file_size", "12")
        .containsEntry("reply_code", "226");
  }

  @Test
  void wordsBeyondMeasureAreNoCommands() {
    Talk long101 = talk().client("TYPE" + "E".repeat(97) + "\r\n").server("200 so be it\r\n");

    assertThat(long101.rows("weird"))
        .singleElement()
        .satisfies(weird ->
            assertThat(weird)
                .containsEntry("name", "FTP_max_command_length_exceeded")
                .containsEntry("addl", "101 > 100")
                .containsEntry("source", "FTP"));
  }

  @Test
  void whatIsNoReplyIsQuoted() {
    assertThat(talk().client("NOOP\r\n").server("2x0 ok\r\n").rows("analyzer"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("failure_reason", "non-numeric reply code")
                .containsEntry("failure_data", "2x0 ok"));
  }

  @Test
  void readsAddressesOfDataConnections() {
    assertThat(DataAddress.ofNumbers("1,2,3,4,5,6"))
        .isEqualTo(new DataAddress(0, 0xFFFF_0102_0304L, 1_286));
    assertThat(DataAddress.ofNumbers("1,2,3,4,5,")).isNull();
    assertThat(DataAddress.ofFields("Extended (|||6446|)", 7, 8))
        .isEqualTo(new DataAddress(7, 8, 6_446));
    assertThat(DataAddress.ofFields("|2|::1|99|", 0, 0)).isEqualTo(new DataAddress(0, 1, 99));
    assertThat(DataAddress.ofFields("|1|300.0.0.1|99|", 0, 0)).isNull();
  }

  @Test
  void survivesMutation() {
    talk().survivesMutation();
  }
}
