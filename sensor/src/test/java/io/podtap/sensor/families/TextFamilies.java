/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.families;

import static io.podtap.sensor.families.FamilyCase.tcp;
import static io.podtap.sensor.families.FamilyCase.weird;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What is weird about protocols of lines without a log: POP3 and finger. */
final class TextFamilies {

  private static final String READY = "+OK ready\r\n";
  private static final String LINES = "CONTENTLINE";

  private TextFamilies() {}

  static Family pop3() {
    List<FamilyCase> cases = new ArrayList<>();
    pop3(cases, "pop3_client_command_unknown", "FOO", "FOO", "", READY, "FOO bar\r\n");
    pop3(
        cases,
        "pop3_client_command_unknown",
        "???",
        "a line of blanks",
        "",
        READY,
        "  \r\n");
    pop3(
        cases, "pop3_server_command_unknown", "HELLO", "HELLO of the server", "", "HELLO you\r\n");
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
        weird("partial_finger_request", "", "FINGER", "a request that ends", ended("ada\r\n")));
    cases.add(
        weird("partial_finger_request", "", "FINGER", "a request without line end", ended("ada")));
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
    cases.add(
        weird("line_terminated_with_single_CR", "", LINES, "a CR b", tcp(79, "a\rb\r\n")));
    return new Family("finger", cases);
  }

  private static Function<String, List<Map<String, String>>> ended(String request) {
    return FamilyCase.ended(79, request);
  }
}
