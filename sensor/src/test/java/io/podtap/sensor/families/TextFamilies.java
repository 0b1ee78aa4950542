/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.families;

import static io.podtap.sensor.families.FamilyCase.ended;
import static io.podtap.sensor.families.FamilyCase.tcp;
import static io.podtap.sensor.families.FamilyCase.weird;

import java.util.ArrayList;
import java.util.List;

/** What is weird about protocols of lines: POP3, finger, FTP and IRC. */
final class TextFamilies {

  private static final String READY = "+OK ready\r\n";
  private static final String LINES = "CONTENTLINE";

  private TextFamilies() {}

  static Family pop3() {
    List<FamilyCase> cases = new ArrayList<>();
    pop3(cases, "pop3_client_command_unknown", "FOO", "FOO", "", READY, "FOO bar\r\n");
    pop3(cases, "pop3_client_command_unknown", "???", "a line of blanks", "", READY, "  \r\n");
    pop3(cases, "pop3_server_command_unknown", "HELLO", "HELLO of the server", "", "HELLO you\r\n");
    pop3(cases, "pop3_server_command_unknown", "???", "an empty answer", "", "\r\n");
    for (String sign : new String[] {"+", "-", ""}) {
      String word = sign.equals("-") ? "ERR" : "OK";
      pop3(
          cases,
          "pop3_client_sending_server_commands",
          "",
          sign + word + " of the client",
          "",
          READY,
          sign + word + "\r\n");
    }
    pop3(
        cases, "pop3_server_sending_client_commands", "", "USER of the server", "", "USER ada\r\n");
    pop3(
        cases,
        "pop3_client_too_many_pending_commands",
        "",
        "11 commands without an answer",
        "",
        READY,
        "NOOP\r\n".repeat(11));
    for (String login : new String[] {"YWRh", "AGFkYQ==", "AGFkYQA="}) {
      pop3(
          cases,
          "pop3_malformed_auth_plain",
          "",
          "AUTH PLAIN with " + login,
          "",
          READY,
          "AUTH PLAIN\r\n",
          "+ \r\n",
          login + "\r\n");
    }
    cases.add(
        weird(
            "base64_illegal_encoding",
            "character 42 ignored by Base64 decoding",
            "",
            "AUTH LOGIN with a star",
            tcp(110, "", READY, "AUTH LOGIN\r\n", "+ VXNlcg==\r\n", "YW*Jj\r\n")));
    cases.add(
        weird(
            "line_terminated_with_single_CR",
            "",
            LINES,
            "a carriage return within an answer",
            tcp(110, "", "+OK a\rb\r\n")));
    cases.add(
        weird(
            "contentline_size_exceeded",
            "",
            LINES,
            "a line of 9,000 bytes",
            tcp(110, "", READY, "NOOP " + "x".repeat(9_000))));
    return new Family("pop3", cases);
  }

  private static void pop3(
      List<FamilyCase> cases, String name, String detail, String input, String... turns) {
    cases.add(weird(name, detail, "POP3", input, tcp(110, turns)));
  }

  static Family finger() {
    List<FamilyCase> cases = new ArrayList<>();
    cases.add(
        weird("partial_finger_request", "", "FINGER", "a request that ends", ended(79, "ada\r\n")));
    cases.add(
        weird(
            "partial_finger_request",
            "",
            "FINGER",
            "a request without line end",
            ended(79, "ada")));
    cases.add(weird("NUL_in_line", "", LINES, "a NUL in a request", tcp(79, "a\0da\r\n")));
    cases.add(
        weird("contentline_size_exceeded", "", LINES, "1,001 bytes", tcp(79, "x".repeat(1_001))));
    cases.add(
        weird(
            "contentline_size_exceeded",
            "",
            LINES,
            "an answer of 1,001 bytes",
            tcp(79, "ada\r\n", "x".repeat(1_001))));
    cases.add(weird("line_terminated_with_single_CR", "", LINES, "a CR b", tcp(79, "a\rb\r\n")));
    return new Family("finger", cases);
  }

  static Family ftp() {
    List<FamilyCase> cases = new ArrayList<>();
    String binary = "\u0001\u0002\u0003\r\n";
    cases.add(weird("NUL_in_line", "", "NVT", "a NUL of the client", tcp(21, "a\0b c\r\n")));
    cases.add(weird("NUL_in_line", "", "NVT", "a NUL of the server", tcp(21, "", "220\0\r\n")));
    cases.add(
        weird(
            "line_terminated_with_single_CR",
            "",
            "NVT",
            "a CR b, behind what is no command",
            tcp(21, binary + "a\rb\r\n")));
    cases.add(weird("FTP_invalid_command", "", "FTP", "no word", tcp(21, "USER a\r\n" + binary)));
    cases.add(weird("partial_ftp_request", "", "FTP", "half a line", ended(21, "USER a\r\nQU")));
    String login = "USER a\r\n";
    long129(cases, "FTP_user_too_long", "USER ");
    long129(cases, "FTP_password_too_long", "PASS ");
    ftp(
        cases,
        "FTP_too_many_pending_commands",
        "20",
        "25 commands without an answer",
        login + "STOR a\r\n".repeat(25),
        "");
    String text = "x".repeat(4_097);
    ftp(
        cases,
        "FTP_arg_too_long",
        "4097",
        "an argument of 4,097 bytes",
        login + "ACCT " + text + "\r\n",
        "200 a\r\n200 b\r\n");
    ftp(
        cases,
        "FTP_reply_msg_too_long",
        "4097",
        "a reply of 4,097 bytes",
        login + "ACCT a\r\n",
        "200 a\r\n200 " + text + "\r\n");
    ftp(
        cases,
        "FTP_max_command_length_exceeded",
        "101 > 100",
        "a command of 101 letters",
        login + "F".repeat(101) + "\r\n",
        "");
    return new Family("ftp", cases);
  }

  private static void long129(List<FamilyCase> cases, String name, String command) {
    ftp(cases, name, "129", command + "x, 129 times", command + "x".repeat(129) + "\r\n", "");
  }

  private static void ftp(
      List<FamilyCase> cases,
      String name,
      String detail,
      String input,
      String client,
      String server) {
    cases.add(weird(name, detail, "FTP", input, tcp(21, "", "220 a\r\n", client, server)));
  }

  static Family irc() {
    List<FamilyCase> cases = new ArrayList<>();
    String binary = "\u0001\u0002\u0003\u0004\r\n";
    String longWord = "x".repeat(21);
    cases.add(
        weird(
            "irc_invalid_command",
            "",
            "IRC",
            "a word of 21 characters, behind what is not IRC",
            tcp(6_667, binary.repeat(5) + longWord + "\r\n")));
    cases.add(
        weird(
            "irc_too_many_invalid",
            "",
            "IRC",
            "21 of them",
            tcp(6_667, (longWord + "\r\n").repeat(21))));
    cases.add(
        weird(
            "line_terminated_with_single_CR",
            "",
            LINES,
            "a CR b, behind what is not IRC",
            tcp(6_667, "", binary.repeat(5) + "a\rb\r\n")));
    return new Family("irc", cases);
  }
}
