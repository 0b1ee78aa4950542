/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Conversations of RFC 5321. */
class SmtpParserTest {

  private static Talk talk() {
    return new Talk(2_525)
        .server("220 mail ESMTP\r\n")
        .client("EHLO me\r\n")
        .server("250-mail\r\n250 HELP\r\n")
        .client("MAIL FROM:<a@x>\r\n")
        .server("250 ok\r\n")
        .client("RCPT TO:<b@y>\r\n")
        .server("250 ok\r\n")
        .client("DATA\r\n")
        .server("354 go\r\n")
        .client("From: A\r\nSubject: one\r\n two\r\nReceived: from q ([10.0.0.9])\r\n")
        .client("To: \"B, b\" <b@y>, c@z\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n")
        .client("--xx\r\n\r\nhello\r\n..dot\r\n--xx\r\nContent-Transfer-Encoding: base64\r\n")
        .client("Content-Disposition: attachment; filename=\"f.bin\"\r\n\r\naGVs\r\nbG8=\r\n")
        .client("--xx--\r\n.\r\n")
        .server("250 queued\r\n")
        .client("QUIT\r\n")
        .server("221 bye\r\n");
  }

  @Test
  void writesOneRecordForEachMail() {
    List<Map<String, String>> rows = talk().isTheSameHoweverCut("smtp").rows("smtp");

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst())
        .containsEntry("helo", "me")
        .containsEntry("mailfrom", "a@x")
        .containsEntry("rcptto", "b@y")
        .containsEntry("subject", "one two")
        .containsEntry("to", "\"B\\x2c b\" <b@y>,c@z")
        .containsEntry("last_reply", "250 queued")
        .containsEntry("path", "192.0.2.1,10.0.0.1,10.0.0.9");
  }

  @Test
  void handsOverTheFilesInIt() {
    List<Map<String, String>> files = talk().isTheSameHoweverCut("files").rows("files");

    assertThat(files).extracting(row -> row.get("seen_bytes")).containsExactly("11", "5");
    assertThat(files).extracting(row -> row.get("filename")).containsExactly("-", "f.bin");
  }

  @Test
  void takesPlainContentAsItStands() {
    Talk talk =
        new Talk(25)
            .server("220 mail ESMTP\r\n")
            .client("EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n")
            .server("250 mail\r\n250 ok\r\n250 ok\r\n354 go\r\n")
            .client(
                "Subject: s\r\n\r\none\r\n\r\n-two\nthree\r\r\n..four\r\n--five\r\nsix\r\n.\r\n")
            .server("250 queued\r\n");

    // Line feeds become line ends, and the first of two dots goes.
    String content = "one\r\n\r\n-two\r\nthree\r\r\n.four\r\n--five\r\nsix\r\n";
    assertThat(talk.isTheSameHoweverCut("files").rows("files").getFirst())
        .containsEntry("seen_bytes", String.valueOf(content.length()));
  }

  @Test
  void takesChunks() {
    Talk talk =
        new Talk(25)
            .server("220 mail ESMTP\r\n")
            .client("EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n")
            .server("250 mail\r\n250 ok\r\n250 ok\r\n")
            .client("BDAT 19\r\nSubject: s\r\n\r\nhello")
            .client("BDAT 0 LAST\r\n")
            .server("250 ok\r\n250 queued\r\n")
            .client("BDAT x\r\n")
            .server("501 no\r\n");

    assertThat(talk.isTheSameHoweverCut("smtp").rows("smtp").getFirst())
        .containsEntry("subject", "s")
        .containsEntry("last_reply", "250 queued");
    assertThat(talk.rows("weird"))
        .extracting(row -> row.get("name"))
        .contains("smtp_invalid_bdat_command");
  }

  @Test
  void survivesMutation() {
    talk().survivesMutation();
  }
}
