/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import static io.podtap.sensor.parse.der.DerText.element;
import static io.podtap.sensor.parse.der.DerText.identifier;
import static io.podtap.sensor.parse.der.DerText.sequence;
import static io.podtap.sensor.parse.der.DerText.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.parse.der.DerElement;
import io.podtap.sensor.parse.ocsp.OcspText;
import io.podtap.sensor.parse.x509.CertificateText;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Walks through the rules of {@code ssl.log} and {@code x509.log} and the oddities of TLS: for each
 * an input and what the record must have. The names of the tests are the list of what is covered.
 */
class TlsRulesTest {

  private record Rule(String name, Talk input, String log, Map<String, String> expected) {}

  private static final String NAME = extension(0, "000e00000b6578616d706c652e636f6d");

  private static String record(int type, String content) {
    return String.format("%02x0303%04x", type, content.length() / 2) + content;
  }

  private static String message(int type, String body) {
    return record(22, String.format("%02x%06x", type, body.length() / 2) + body);
  }

  private static String extension(int type, String data) {
    return String.format("%04x%04x", type, data.length() / 2) + data;
  }

  private static String hello(String session, String... extensions) {
    String all = String.join("", extensions);
    return message(
        1,
        "0303"
            + "11".repeat(32)
            + String.format("%02x", session.length() / 2)
            + session
            + "0002c02f"
            + "0100"
            + String.format("%04x", all.length() / 2)
            + all);
  }

  private static String answer(String session, String... extensions) {
    String all = String.join("", extensions);
    return message(
        2,
        "0303"
            + "22".repeat(32)
            + String.format("%02x", session.length() / 2)
            + session
            + "c02f00"
            + String.format("%04x", all.length() / 2)
            + all);
  }

  private static String chain(String... certificates) {
    StringBuilder all = new StringBuilder();
    for (String certificate : certificates) {
      all.append(String.format("%06x", certificate.length() / 2)).append(certificate);
    }
    return message(11, String.format("%06x", all.length() / 2) + all);
  }

  private static Talk talk(String client, String server) {
    return new Talk(443).clientHex(client).serverHex(server);
  }

  private static Rule ssl(String name, Talk input, Map<String, String> expected) {
    return new Rule("ssl: " + name, input, "ssl", expected);
  }

  private static Rule weird(String name, Talk input, String detail, String source) {
    return new Rule(
        "weird: " + name, input, "weird", Map.of("name", name, "addl", detail, "source", source));
  }

  private static Rule certificate(String name, String certificate, Map<String, String> expected) {
    Talk input = talk(hello("", NAME), answer("") + chain(certificate));
    return new Rule("x509: " + name, input, "x509", expected);
  }

  private static final String CIPHER_CHANGE = record(20, "01");
  private static final String ENCRYPTED = record(22, "ab".repeat(40));

  private static List<Rule> records() {
    String session = "5a".repeat(32);
    String psk = extension(41, "0000");
    String version13 = extension(43, "0304");
    String offered13 = extension(43, "020304");
    return List.of(
        ssl(
            "not established before something encrypted was seen",
            talk(hello("") + CIPHER_CHANGE, answer("") + CIPHER_CHANGE),
            Map.of("established", "F", "ssl_history", "CIsi")),
        ssl(
            "established with it",
            talk(hello("") + CIPHER_CHANGE, answer("") + CIPHER_CHANGE + ENCRYPTED),
            Map.of("established", "T", "ssl_history", "CIsi")),
        ssl(
            "a session that goes on",
            talk(hello(session), answer(session)),
            Map.of("resumed", "T")),
        ssl(
            "a session of zeros is none",
            talk(hello("00".repeat(32)), answer("00".repeat(32))),
            Map.of("resumed", "F")),
        ssl(
            "a ticket that is taken",
            talk(hello("", extension(35, "aabb")) + CIPHER_CHANGE, answer("")),
            Map.of("resumed", "T")),
        ssl(
            "a ticket that is not",
            talk(hello("", extension(35, "aabb")) + message(16, "00") + CIPHER_CHANGE, answer("")),
            Map.of("resumed", "F")),
        ssl(
            "a shared key that is taken",
            talk(hello("", offered13, psk), answer("", version13, psk)),
            Map.of("version", "TLSv13", "resumed", "T")),
        ssl(
            "a shared key that nobody was seen to offer",
            talk(hello("", offered13), answer("", version13, psk)),
            Map.of("resumed", "F")),
        ssl(
            "TLS 1.3 without a change of cipher",
            talk(hello("", offered13), answer("", version13) + record(23, "00".repeat(30)))
                .clientHex(record(23, "00".repeat(30))),
            Map.of("established", "T", "ssl_history", "Cs")),
        ssl(
            "a key share of a draft",
            talk(hello(""), answer("", extension(40, "001d0000"))),
            Map.of("curve", "x25519")),
        ssl(
            "one direction of TLS 1.2",
            new Talk(443).clientHex(hello("", NAME) + CIPHER_CHANGE + ENCRYPTED + ENCRYPTED),
            Map.of("version", "-", "server_name", "example.com", "ssl_history", "CI")),
        ssl(
            "the other direction",
            new Talk(443).serverHex(answer("") + CIPHER_CHANGE + ENCRYPTED),
            Map.of("version", "TLSv12", "ssl_history", "si")),
        ssl(
            "a heartbeat in the clear",
            talk(hello("") + record(24, "010010"), answer("") + record(24, "020000")),
            Map.of("ssl_history", "CBsb")),
        ssl(
            "several alerts in a record",
            talk(hello(""), record(21, "01000228")),
            Map.of("ssl_history", "Cll", "last_alert", "handshake_failure")),
        ssl(
            "a hello that hides another one",
            talk(hello("", NAME, extension(0xFE0D, "0000010001" + "000000020000")), answer("")),
            Map.of("ech", "T")),
        ssl("no such hello", talk(hello("", NAME), answer("")), Map.of("ech", "-")),
        ssl(
            "SSL 2",
            talk(
                    "801c" + "01" + "0002" + "0003" + "0000" + "0010" + "010080" + "44".repeat(16),
                    "8021"
                        + "04"
                        + "0001"
                        + "0002"
                        + "0003"
                        + "0003"
                        + "0010"
                        + "aabbcc"
                        + "010080"
                        + "55".repeat(16))
                .clientHex("801a" + "02" + "010080" + "0000" + "0010" + "0000" + "66".repeat(16)),
            Map.of(
                "version", "SSLv2",
                "cipher", "SSLv20_CK_RC4_128_WITH_MD5",
                "established", "T",
                "ssl_history", "Cs")),
        ssl(
            "certificates of both ends",
            talk(hello("", NAME), answer("") + chain(CertificateText.certificate("example.com")))
                .clientHex(chain(CertificateText.certificate("me"))),
            Map.of("ssl_history", "CsxX", "sni_matches_cert", "T")),
        ssl(
            "a certificate for somebody else",
            talk(hello("", NAME), answer("") + chain(CertificateText.certificate("*.com"))),
            Map.of("sni_matches_cert", "F")),
        ssl(
            "a certificate that cannot be read",
            talk(hello("", NAME), answer("") + chain("aabb")),
            Map.of("cert_chain_fps", "-", "sni_matches_cert", "-", "ssl_history", "Csx")),
        ssl(
            "a chain that is longer than its message",
            talk(hello(""), answer("") + message(11, "000004" + "000009aa")),
            Map.of("ssl_history", "Cs")),
        new Rule(
            "files: a stapled answer",
            talk(hello(""), answer("") + status(OcspText.answer(OcspText.good("01")))),
            "files",
            Map.of(
                "source", "SSL",
                "is_orig", "F",
                "depth", "0",
                "analyzers", "OCSP_REPLY",
                "mime_type", "application/ocsp-response")),
        new Rule(
            "ocsp: a stapled answer",
            talk(hello(""), answer("") + status(OcspText.answer(OcspText.good("01")))),
            "ocsp",
            Map.of("certStatus", "good", "serialNumber", "01")));
  }

  private static String status(String answer) {
    return message(22, "01" + String.format("%06x", answer.length() / 2) + answer);
  }

  private static List<Rule> oddities() {
    String names = extension(0, "000a" + "000002" + "6161" + "000002" + "6262");
    return List.of(
        weird("SSL_many_server_names", talk(hello("", names), answer("")), "[aa, bb]", "-"),
        weird(
            "ssl_ext_unknown_server_name_type",
            talk(hello("", extension(0, "0004" + "07" + "aabbcc")), answer("")),
            "7",
            "SSL"),
        weird(
            "ssl_unexpected_inner_encrypted_client_hello",
            talk(hello("", extension(0xFE0D, "01")), answer("")),
            "-",
            "SSL"),
        weird(
            "zero_length_certificate",
            talk(hello(""), answer("") + message(11, "000003000000")),
            "-",
            "SSL"),
        weird(
            "SSL_zero_length_stapled_OCSP_message",
            talk(hello(""), answer("") + message(22, "01000000")),
            "-",
            "SSL"),
        weird(
            "SSL_excessive_alerts_in_record",
            talk(hello(""), answer("") + record(21, "0100".repeat(12))),
            "12",
            "SSL"),
        weird(
            "ssl_early_application_data",
            talk(hello(""), answer("") + record(23, "00".repeat(20))),
            "-",
            "-"),
        weird(
            "SSL_unclear_connection_direction",
            new Talk(443).serverHex(hello("")).clientHex(hello("")),
            "-",
            "SSL"),
        weird(
            "SSL_max_ssl_history_length_reached",
            talk(hello(""), answer("") + message(0, "").repeat(98)),
            "100",
            "SSL"));
  }

  private static Rule fileWeird(String name, String certificate) {
    Talk input = talk(hello("", NAME), answer("") + chain(certificate));
    return new Rule("weird: " + name, input, "weird", Map.of("name", name, "uid", "-"));
  }

  private static List<Rule> fileOddities() {
    String rsa = CertificateText.RSA_KEY;
    String name = CertificateText.name("a");
    return List.of(
        fileWeird("x509_cert_parse_error", "3003020101"),
        fileWeird(
            "x509_invalid_basic_constraint",
            CertificateText.certificate("a", CertificateText.extension("2.5.29.19", "0401aa"))),
        fileWeird(
            "x509_san_parse_error",
            CertificateText.certificate("a", CertificateText.extension("2.5.29.17", "3005aa"))),
        fileWeird(
            "x509_san_ip_length",
            CertificateText.certificate(
                "a", CertificateText.extension("2.5.29.17", sequence(element(0x87, "010203"))))),
        fileWeird(
            "x509_utc_length",
            CertificateText.whole(name, text(DerElement.UTC_TIME, "2001Z"), rsa)),
        fileWeird(
            "x509_utc_format",
            CertificateText.whole(name, text(DerElement.UTC_TIME, "200101000000+0100"), rsa)),
        fileWeird(
            "x509_gen_time_length",
            CertificateText.whole(name, text(DerElement.GENERALIZED_TIME, "2001Z"), rsa)));
  }

  private static Rule key(String name, String key, Map<String, String> expected) {
    String from = text(DerElement.UTC_TIME, "200101000000Z");
    return certificate(name, CertificateText.whole(CertificateText.name("a"), from, key), expected);
  }

  private static Rule bareKey(String identifier, int bytes, String name, int bits) {
    return key(
        name,
        CertificateText.key(identifier, "", "ab".repeat(bytes)),
        Map.of(
            "certificate.key_alg", name,
            "certificate.key_type", name,
            "certificate.key_length", String.valueOf(bits)));
  }

  private static List<Rule> certificates() {
    String point = "04" + "cd".repeat(64);
    String names =
        sequence(
            element(0x82, "622e6578616d706c65"),
            element(0x81, "6d40"),
            element(0x86, "753a"),
            element(0x87, "c0000201"),
            element(0x87, "20010db8" + "00".repeat(11) + "01"));
    return List.of(
        certificate(
            "an RSA key",
            CertificateText.certificate("a"),
            Map.ofEntries(
                Map.entry("certificate.version", "3"),
                Map.entry("certificate.serial", "AB"),
                Map.entry("certificate.subject", "CN=a,C=DE"),
                Map.entry("certificate.issuer", "CN=issuer,C=DE"),
                Map.entry("certificate.not_valid_before", "1577836800.000000"),
                Map.entry("certificate.key_alg", "rsaEncryption"),
                Map.entry("certificate.sig_alg", "sha256WithRSAEncryption"),
                Map.entry("certificate.key_type", "rsa"),
                Map.entry("certificate.key_length", "1024"),
                Map.entry("certificate.exponent", "65537"),
                Map.entry("host_cert", "T"),
                Map.entry("client_cert", "F"))),
        certificate(
            "a name with all that is escaped",
            CertificateText.certificate("#a,+\"\\<>;\u00e9\u0001 "),
            Map.of(
                "certificate.subject",
                "CN=\\#a\\,\\+\\\"\\\\\\<\\>\\;\\C3\\A9\\01\\ ,C=DE".replace("\\", "\\\\"))),
        certificate(
            "attributes with a name, without one, and in one part",
            CertificateText.whole(
                sequence(
                    CertificateText.attribute("2.5.4.41", 0x13, "n"),
                    element(
                        DerElement.SET,
                        sequence(identifier("2.5.4.11"), text(0x13, "u")),
                        sequence(identifier("2.5.4.10"), text(0x13, "o"))),
                    CertificateText.attribute("1.2.3.4", 0x13, "x")),
                text(DerElement.UTC_TIME, "200101000000Z"),
                CertificateText.RSA_KEY),
            Map.of("certificate.subject", "1.2.3.4=#130178,O=o+OU=u,name=n")),
        certificate(
            "alternative names of all kinds",
            CertificateText.certificate("a", CertificateText.extension("2.5.29.17", names)),
            Map.of(
                "san.dns", "b.example",
                "san.email", "m@",
                "san.uri", "u:",
                "san.ip", "192.0.2.1,2001:db8::1")),
        certificate(
            "an authority with a path",
            CertificateText.certificate(
                "a",
                CertificateText.extension(
                    "2.5.29.19", sequence(element(1, "ff"), element(DerElement.INTEGER, "02")))),
            Map.of("basic_constraints.ca", "T", "basic_constraints.path_len", "2")),
        certificate(
            "none",
            CertificateText.certificate("a", CertificateText.extension("2.5.29.19", sequence())),
            Map.of("basic_constraints.ca", "F", "basic_constraints.path_len", "-")),
        key(
            "a named curve",
            CertificateText.key("1.2.840.10045.2.1", identifier("1.2.840.10045.3.1.7"), point),
            Map.of(
                "certificate.key_alg", "id-ecPublicKey",
                "certificate.key_type", "ecdsa",
                "certificate.key_length", "256",
                "certificate.curve", "prime256v1")),
        key(
            "a curve that has no name",
            CertificateText.key("1.2.840.10045.2.1", identifier("1.2.3.4"), point),
            Map.of("certificate.key_type", "-", "certificate.key_length", "-")),
        key(
            "DSA",
            CertificateText.key(
                "1.2.840.10040.4.1",
                sequence(element(DerElement.INTEGER, "00ff" + "00".repeat(127))),
                element(DerElement.INTEGER, "02")),
            Map.of("certificate.key_type", "dsa", "certificate.key_length", "1024")),
        bareKey("1.3.101.112", 32, "ED25519", 256),
        bareKey("1.3.101.113", 57, "ED448", 456),
        bareKey("2.16.840.1.101.3.4.3.17", 1_312, "ML-DSA-44", 10_496),
        bareKey("2.16.840.1.101.3.4.3.18", 1_952, "ML-DSA-65", 15_616),
        bareKey("2.16.840.1.101.3.4.3.19", 2_592, "ML-DSA-87", 20_736),
        bareKey("2.16.840.1.101.3.4.3.20", 32, "SLH-DSA-SHA2-128s", 256),
        bareKey("2.16.840.1.101.3.4.3.31", 64, "SLH-DSA-SHAKE-256f", 512),
        bareKey("2.16.840.1.101.3.4.4.2", 1_184, "ML-KEM-768", 9_472),
        key(
            "an algorithm without a name",
            CertificateText.key("1.2.3.4.5", "", "00"),
            Map.of("certificate.key_alg", "1.2.3.4.5", "certificate.key_type", "-")));
  }

  @TestFactory
  Stream<DynamicTest> rules() {
    return Stream.of(records(), oddities(), fileOddities(), certificates())
        .flatMap(List::stream)
        .map(rule -> DynamicTest.dynamicTest(rule.name, () -> check(rule)));
  }

  private static void check(Rule rule) {
    List<Map<String, String>> rows =
        rule.input.rows(rule.log).stream()
            .filter(row ->
                !rule.log.equals("weird")
                    || Objects.equals(row.get("name"), rule.expected.get("name")))
            .toList();
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst()).containsAllEntriesOf(rule.expected);
    rule.input.isTheSameHoweverCut("ssl");
  }
}
