/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import static io.podtap.sensor.parse.der.DerText.element;
import static io.podtap.sensor.parse.der.DerText.marked;
import static io.podtap.sensor.parse.der.DerText.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.parse.der.DerElement;
import io.podtap.sensor.parse.ocsp.OcspText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Walks through the families of files that are read, OCSP and executables of Windows: for each rule
 * an input and what the record must have. The names of the tests are the list of what is covered.
 */
class FileRulesTest {

  /**
   * One rule.
   *
   * @param expected fields of the only record; empty when there must be none
   */
  private record Rule(String name, Talk input, String log, Map<String, String> expected) {}

  private static Talk http(String type, String hex) {
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + hex.length() / 2;
    return new Talk(80)
        .client("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        .serverHex(
            HexFormat.of().formatHex((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII))
                + hex);
  }

  private static Talk ocsp(String hex) {
    return http("application/ocsp-response", hex);
  }

  private static Rule ocsp(String name, String single, Map<String, String> expected) {
    return new Rule("ocsp: " + name, ocsp(OcspText.answer(single)), "ocsp", expected);
  }

  private static List<Rule> answers() {
    List<Rule> rules = new ArrayList<>();
    rules.add(
        ocsp(
            "a good certificate",
            OcspText.good("0c1af634"),
            Map.of(
                "hashAlgorithm", "sha1",
                "issuerNameHash", "AA".repeat(20),
                "issuerKeyHash", "BB".repeat(20),
                "serialNumber", "0C1AF634",
                "certStatus", "good",
                "revoketime", "-",
                "revokereason", "-",
                "thisUpdate", "1704067200.000000",
                "nextUpdate", "-")));
    rules.add(
        ocsp(
            "one that nobody knows",
            OcspText.single("1.3.14.3.2.26", "01", element(0x82), ""),
            Map.of("certStatus", "unknown")));
    rules.add(
        ocsp(
            "when there will be news",
            OcspText.single(
                "2.16.840.1.101.3.4.2.1",
                "01",
                element(0x80),
                marked(0, text(DerElement.GENERALIZED_TIME, "20240102000000Z"))),
            Map.of("hashAlgorithm", "sha256", "nextUpdate", "1704153600.000000")));
    rules.add(
        ocsp(
            "revoked without a reason",
            OcspText.revoked("00ff", -1),
            Map.of(
                "certStatus", "revoked",
                "serialNumber", "FF",
                "revoketime", "1672531200.000000",
                "revokereason", "-")));
    String[] reasons = {
      "unspecified",
      "keyCompromise",
      "cACompromise",
      "affiliationChanged",
      "superseded",
      "cessationOfOperation",
      "certificateHold",
      "(UNKNOWN)",
      "removeFromCRL",
      "privilegeWithdrawn",
      "aACompromise"
    };
    for (int i = 0; i < reasons.length; i++) {
      rules.add(
          ocsp(
              "revoked for reason " + i,
              OcspText.revoked("01", i),
              Map.of("revokereason", reasons[i])));
    }
    String whole = OcspText.answer(OcspText.good("01"));
    rules.add(
        new Rule(
            "weird: an answer that is cut",
            ocsp(whole.substring(0, whole.length() - 20)),
            "weird",
            Map.of("name", "openssl_ocsp_response_parse_error")));
    rules.add(
        new Rule(
            "files: who looked at an answer",
            ocsp(whole),
            "files",
            Map.of("analyzers", "OCSP_REPLY", "mime_type", "application/ocsp-response")));
    return rules;
  }

  private static String u16(int value) {
    return String.format("%02x%02x", value & 0xFF, value >>> 8);
  }

  private static String u32(long value) {
    return u16((int) (value & 0xFFFF)) + u16((int) (value >>> 16));
  }

  /** Returns an executable file's headers. */
  private static String executable(
      int machine, int characteristics, String optional, String... sections) {
    StringBuilder names = new StringBuilder();
    for (String section : sections) {
      names.append(HexFormat.of().formatHex(section.getBytes(StandardCharsets.US_ASCII)));
      names.append("00".repeat(40 - section.length()));
    }
    return "4d5a"
        + "00".repeat(58)
        + u32(0x80)
        + "0e".repeat(64)
        + "50450000"
        + u16(machine)
        + u16(sections.length)
        + u32(1_000_000_000L)
        + u32(0)
        + u32(0)
        + u16(optional.length() / 2)
        + u16(characteristics)
        + optional
        + names;
  }

  private static String optional(boolean is64, int major, int minor, int subsystem, int flags) {
    int tablesAt = is64 ? 108 : 92;
    String head =
        u16(is64 ? 0x20B : 0x10B) + "00".repeat(38) + u16(major) + u16(minor) + "00".repeat(24);
    String flagged = head + u16(subsystem) + u16(flags);
    String tables = "";
    for (int i = 0; i < 7; i++) {
      tables += u32(0x1000) + u32(i == 1 || i == 6 ? 8 : 0);
    }
    return flagged + "00".repeat(tablesAt - flagged.length() / 2) + u32(7) + tables;
  }

  private static Rule pe(String name, String hex, Map<String, String> expected) {
    return new Rule("pe: " + name, http("application/octet-stream", hex), "pe", expected);
  }

  private static List<Rule> executables() {
    return List.of(
        pe(
            "a program of 32 bits",
            executable(0x14C, 0x102, optional(false, 5, 1, 2, 0x400), ".text", ".rsrc"),
            Map.ofEntries(
                Map.entry("machine", "I386"),
                Map.entry("compile_ts", "1000000000.000000"),
                Map.entry("os", "Windows XP"),
                Map.entry("subsystem", "WINDOWS_GUI"),
                Map.entry("is_exe", "T"),
                Map.entry("is_64bit", "F"),
                Map.entry("uses_aslr", "F"),
                Map.entry("uses_seh", "F"),
                Map.entry("has_import_table", "T"),
                Map.entry("has_export_table", "F"),
                Map.entry("has_cert_table", "F"),
                Map.entry("has_debug_data", "T"),
                Map.entry("section_names", ".text,.rsrc"))),
        pe(
            "one of 64 bits with all protections",
            executable(0x8664, 0x22, optional(true, 10, 0, 3, 0x1C0), ".text"),
            Map.of(
                "machine", "AMD64",
                "os", "Windows 10",
                "subsystem", "WINDOWS_CUI",
                "is_64bit", "T",
                "uses_aslr", "T",
                "uses_dep", "T",
                "uses_code_integrity", "T",
                "uses_seh", "T")),
        pe(
            "numbers without a name",
            executable(0x9999, 0, optional(true, 9, 9, 99, 0), ".a"),
            Map.of("machine", "unknown-39321", "os", "unknown-9.9", "subsystem", "unknown-99")),
        pe(
            "an object, which has no optional header",
            executable(0xAA64, 0, "", ".text"),
            Map.of("machine", "ARM64", "is_exe", "F", "os", "-", "section_names", "-")),
        pe(
            "an optional header of an unknown format",
            executable(0x14C, 0, "ffff" + "00".repeat(98), ".text"),
            Map.of("is_exe", "T", "os", "-", "section_names", ".text")),
        pe(
            "more tables than there is room for",
            executable(0x14C, 0, optional(false, 6, 1, 2, 0).replace(u32(7), u32(0xFFFF)), ".text"),
            Map.of("os", "-", "section_names", "-")),
        pe("a program for DOS", "4d5a" + "00".repeat(200), Map.of()),
        pe(
            "a header that is cut",
            "4d5a" + "00".repeat(58) + u32(0x80) + "00".repeat(10),
            Map.of()),
        new Rule(
            "files: who looked at a program",
            http("x/y", executable(0x14C, 0, "", ".text")),
            "files",
            Map.of("analyzers", "PE", "mime_type", "application/x-dosexec")));
  }

  @TestFactory
  Stream<DynamicTest> rules() {
    return Stream.concat(answers().stream(), executables().stream())
        .map(rule -> DynamicTest.dynamicTest(rule.name, () -> check(rule)));
  }

  private static void check(Rule rule) {
    List<Map<String, String>> rows =
        rule.input.rows(rule.log).stream()
            .filter(
                row -> !rule.log.equals("weird") || row.getOrDefault("name", "").contains("ocsp"))
            .toList();
    if (rule.expected.isEmpty()) {
      assertThat(rows).isEmpty();
    } else {
      assertThat(rows).hasSize(1);
      assertThat(rows.getFirst()).containsAllEntriesOf(rule.expected);
    }
    rule.input.isTheSameHoweverCut("files");
  }

  @Test
  void survivesMutation() {
    answers().getFirst().input.survivesMutation();
    executables().getFirst().input.survivesMutation();
  }
}
