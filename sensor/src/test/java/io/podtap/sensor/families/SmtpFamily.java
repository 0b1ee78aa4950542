/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.families;

import static io.podtap.sensor.families.FamilyCase.tcp;
import static io.podtap.sensor.families.FamilyCase.weird;

import io.podtap.sensor.dispatch.StreamScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Chunks of mails, what is weird about them, and what gaps and cuts leave of a mail. */
final class SmtpFamily {

  private static final String BEGIN = "EHLO a\r\nMAIL FROM:<a@a>\r\nRCPT TO:<b@b>\r\n";

  private SmtpFamily() {}

  static Family family() {
    List<FamilyCase> cases = new ArrayList<>();
    arguments(cases);
    chunks(cases);
    commands(cases);
    rows(cases);
    encodings(cases);
    return new Family("smtp", cases);
  }

  private static void encodings(List<FamilyCase> cases) {
    Map<String, String> wrong =
        Map.of(
            "YW Jj", "character 32 ignored by Base64 decoding",
            "YWJj\u00FF", "character 255 ignored by Base64 decoding",
            "YQ==YWJj", "extra base64 groups after '=' padding are ignored",
            "YQ==\r\nYWJj", "extra base64 groups after '=' padding are ignored",
            "YWJjYQ", "incomplete base64 group, padding with 12 bits of 0",
            "YWJ", "incomplete base64 group, padding with 6 bits of 0");
    wrong.forEach((content, detail) ->
        cases.add(
            weird(
                "base64_illegal_encoding",
                detail,
                "",
                "content " + content.replace("\r\n", " / "),
                tcp(
                    25,
                    "",
                    "220 a ESMTP\r\n",
                    BEGIN + "DATA\r\n",
                    "250 a\r\n250 a\r\n250 a\r\n354 a\r\n",
                    "Content-Transfer-Encoding: base64\r\n\r\n" + content + "\r\n.\r\n"))));
  }

  private static Function<String, List<Map<String, String>>> said(String text) {
    return tcp(25, "", "220 a ESMTP\r\n", BEGIN, "250 a\r\n250 a\r\n250 a\r\n", text);
  }

  private static void add(
      List<FamilyCase> cases,
      String name,
      String detail,
      String input,
      Function<String, List<Map<String, String>>> run) {
    cases.add(
        weird(name, detail, name.startsWith("smtp_bdat_line") ? "SMTP_BDAT" : "SMTP", input, run));
  }

  private static void arguments(List<FamilyCase> cases) {
    Map<String, String> invalid =
        Map.of(
            "BDAT", "BDAT argument bad length",
            "BDAT 184467440737095516150 LAST", "BDAT argument bad length",
            "BDAT -5", "BDAT not followed by a valid chunk-size",
            "BDAT 12x", "BDAT chunk-size not valid",
            "BDAT 184467440737095516150", "BDAT chunk-size too large",
            "BDAT 5 LASTT", "BDAT chunk-size followed by junk",
            "BDAT 5 FIRST", "BDAT chunk-size followed by junk");
    invalid.forEach((command, detail) ->
        add(cases, "smtp_invalid_bdat_command", detail, command, said(command + "\r\n")));
    add(
        cases,
        "smtp_huge_bdat_chunk",
        "12000000000000000000",
        "BDAT 12000000000000000000",
        said("BDAT 12000000000000000000\r\n"));
  }

  private static void chunks(List<FamilyCase> cases) {
    add(
        cases,
        "smtp_missing_bdat_last_chunk",
        "",
        "a chunk, then QUIT",
        said("BDAT 3\r\na\r\nQUIT\r\n"));
    add(
        cases,
        "smtp_bdat_remaining_at_end_data",
        "",
        "3 bytes of a chunk of 9",
        said("BDAT 9 LAST\r\nabc"));
    add(
        cases,
        "smtp_bdat_line_lf_only",
        "",
        "a chunk with a bare line feed",
        said("BDAT 4 LAST\r\na\nb\n"));
    add(
        cases,
        "smtp_bdat_line_cr_only",
        "",
        "a chunk that ends with a carriage return, one that goes on",
        said("BDAT 2\r\na\rBDAT 3 LAST\r\nb\r\n"));
    add(
        cases,
        "smtp_bdat_line_too_long",
        "5000",
        "a line of 5,000 bytes",
        said("BDAT 5000 LAST\r\n" + "a".repeat(5_000)));
    cases.add(
        weird(
            "smtp_bdat_undelivered_at_done",
            "",
            "SMTP_BDAT",
            "a chunk without its line end, then QUIT",
            said("BDAT 1\r\naQUIT\r\n")));
  }

  private static void commands(List<FamilyCase> cases) {
    add(
        cases,
        "smtp_mail_transaction_invalid",
        "rcpt to missing mail from",
        "RCPT before MAIL",
        tcp(25, "", "220 a ESMTP\r\n", "EHLO a\r\nRCPT TO:<b@b>\r\n", ""));
    add(
        cases,
        "smtp_mail_transaction_invalid",
        "data missing rcpt to",
        "DATA before RCPT",
        tcp(25, "", "220 a ESMTP\r\n", "EHLO a\r\nMAIL FROM:<a@a>\r\nDATA\r\n", ""));
    add(
        cases,
        "smtp_excessive_invalid_mail_transactions",
        "26 > 25",
        "26 times RCPT before MAIL",
        tcp(25, "", "220 a ESMTP\r\n", "EHLO a\r\n" + "RCPT TO:<b@b>\r\n".repeat(26), ""));
    add(
        cases,
        "smtp_excessive_pending_cmds",
        "",
        "1,001 commands without a reply",
        said("NOOP\r\n".repeat(1_001)));
    cases.add(
        weird("NUL_in_line", "", "CONTENTLINE", "a command with a NUL", said("VRFY a\0b\r\n")));
    for (String list : List.of("to", "cc")) {
      StringBuilder addresses = new StringBuilder("a0@a");
      for (int i = 1; i < 1_010; i++) {
        addresses.append(i % 50 == 0 ? ",\r\n a" : ", a").append(i).append("@a");
      }
      cases.add(
          weird(
              "smtp_too_many_" + list + "_addresses",
              "",
              "",
              "1,010 addresses in " + list,
              said("DATA\r\n" + list + ": " + addresses + "\r\n\r\n.\r\n")));
    }
    StringBuilder recipients = new StringBuilder();
    for (int i = 0; i < 1_010; i++) {
      recipients.append("RCPT TO:<a").append(i).append("@b>\r\n");
    }
    cases.add(
        weird(
            "smtp_too_many_rcptto_addresses",
            "",
            "",
            "1,010 recipients",
            said(recipients.toString())));
    StringBuilder stations = new StringBuilder();
    for (int i = 0; i < 1_010; i++) {
      stations.append("Received: from a ([192.0.").append(i / 250).append('.').append(i % 250);
      stations.append("]) by b\r\n");
    }
    cases.add(
        weird(
            "smtp_max_path_length_exceeded",
            "",
            "",
            "1,010 stations",
            said("DATA\r\n" + stations + "\r\n.\r\n")));
  }

  private static void row(
      List<FamilyCase> cases,
      String rule,
      String input,
      Map<String, String> expected,
      Function<String, List<Map<String, String>>> run) {
    cases.add(new FamilyCase(rule, input, "smtp", expected, run));
  }

  private static void rows(List<FamilyCase> cases) {
    String mail = "Message-Id: <long-id@example>\r\nSubject: a subject\r\n folded\r\n\r\nbody\r\n";
    for (int size : List.of(1, 2, 7, 13, 1_000)) {
      StringBuilder chunks = new StringBuilder();
      for (int at = 0; at < mail.length(); at += size) {
        int end = Math.min(mail.length(), at + size);
        chunks.append("BDAT ").append(end - at);
        chunks.append(end == mail.length() ? " LAST" : "").append("\r\n");
        chunks.append(mail, at, end);
      }
      row(
          cases,
          "lines go on from chunk to chunk",
          "chunks of " + size + " bytes",
          Map.of("msg_id", "<long-id@example>", "subject", "a subject folded", "rcptto", "b@b"),
          said(chunks.toString()));
    }
    row(
        cases,
        "an invalid BDAT changes nothing",
        "BDAT 12x, then a mail",
        Map.of("subject", "s", "from", "a@a"),
        said("BDAT 12x\r\nBDAT 24 LAST\r\nSubject: s\r\nFrom: a@a\r\n"));
    row(
        cases,
        "a gap ends the mail",
        "a gap in DATA, then a field",
        Map.of("subject", "", "msg_id", "<a@b>"),
        log -> {
          StreamScript script = StreamScript.tcp(25, Integer.MAX_VALUE);
          script.server("220 a ESMTP\r\n").client(BEGIN).server("250 a\r\n250 a\r\n250 a\r\n");
          script.client("DATA\r\n").server("354 a\r\n").client("Message-Id: <a@b>\r\n");
          script.gap(true, 100).client("Subject: lost\r\n\r\n.\r\n");
          return script.rows(log);
        });
  }
}
