/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.families;

import static io.podtap.sensor.families.FamilyCase.netWeird;
import static io.podtap.sensor.families.FamilyCase.udp;
import static io.podtap.sensor.families.FamilyCase.weird;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Every type of record of DNS, what is weird about each, and dynamic updates. */
final class DnsFamily {

  private static final int QUERY = 0x0100;
  private static final int ANSWER = 0x8180;
  private static final int UPDATE = 0x2800;
  private static final Pattern DOT = Pattern.compile("\\.");

  /** The name {@code a.b}, and the pointer to the name in question. */
  private static final String NAME = "0161016200";

  private static final String OWNER = "c00c";

  private DnsFamily() {}

  static Family family() {
    List<FamilyCase> cases = new ArrayList<>();
    limits(cases);
    types(cases);
    names(cases);
    messages(cases);
    security(cases);
    services(cases);
    updates(cases);
    return new Family("dns", cases);
  }

  private static byte[] message(int flags, int questions, int answers, int updates, String rest) {
    return HexFormat.of()
        .parseHex(
            String.format("1234%04x%04x%04x%04x0000", flags, questions, answers, updates)
                + rest.replace(" ", ""));
  }

  private static String name(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String label : DOT.split(name, -1)) {
      bytes.write(label.length());
      bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    bytes.write(0);
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static String text(String text) {
    return String.format("%02x", text.length())
        + HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String question(int type) {
    return name("q.test") + String.format("%04x0001", type);
  }

  private static byte[] query(int type) {
    return message(QUERY, 1, 0, 0, question(type));
  }

  private static String record(String owner, int type, int recordClass, int ttl, String data) {
    String bare = data.replace(" ", "");
    return owner
        + String.format("%04x%04x%08x%04x", type, recordClass, ttl, bare.length() / 2)
        + bare;
  }

  private static byte[] answer(int type, String data) {
    return message(ANSWER, 1, 1, 0, question(type) + record(OWNER, type, 1, 60, data));
  }

  private static Function<String, List<Map<String, String>>> asked(int type, String data) {
    return udp(53, query(type), answer(type, data));
  }

  private static void answers(
      List<FamilyCase> cases, String type, int number, String data, String text) {
    cases.add(
        new FamilyCase(
            "answer of type " + type,
            data.isEmpty() ? "no data" : data,
            "dns",
            Map.of("answers", text, "query", "q.test", "TTLs", text.isEmpty() ? "" : "60.000000"),
            asked(number, data)));
  }

  /** What a record cannot show: more answers than a list takes, a longer text than a field does. */
  private static void limits(List<FamilyCase> cases) {
    String one = record(OWNER, 1, 1, 60, "c0000201");
    cases.add(
        netWeird(
            "log_container_field_truncated",
            "DNS::LOG",
            "",
            "101 answers",
            udp(53, query(1), message(ANSWER, 1, 101, 0, question(1) + one.repeat(101)))));
    cases.add(
        netWeird(
            "log_string_field_truncated",
            "DNS::LOG",
            "",
            "a text of 5,100 bytes",
            asked(16, text("x".repeat(255)).repeat(20))));
  }

  private static void types(List<FamilyCase> cases) {
    answers(cases, "A", 1, "c0000201", "192.0.2.1");
    answers(cases, "NS", 2, NAME, "a.b");
    answers(cases, "CNAME", 5, NAME, "a.b");
    answers(cases, "SOA", 6, NAME + NAME + "00".repeat(20), "a.b");
    answers(cases, "WKS", 11, "c000020106", "");
    answers(cases, "PTR", 12, NAME, "a.b");
    answers(cases, "HINFO", 13, text("x") + text("y"), "");
    answers(cases, "MX", 15, "000a" + NAME, "a.b");
    answers(cases, "TXT", 16, text("hi") + text("you"), "TXT 2 hi TXT 3 you");
    answers(cases, "AAAA", 28, "20010db8" + "00".repeat(11) + "01", "2001:db8::1");
    answers(cases, "A6", 38, "20010db8" + "00".repeat(11) + "01", "2001:db8::1");
    answers(cases, "LOC", 29, "00010203" + "00".repeat(12), "LOC:  1 2 3");
    answers(cases, "SRV", 33, "000100020035" + NAME, "a.b");
    answers(
        cases,
        "NAPTR",
        35,
        "00010002" + text("u") + text("E2U") + text("!x!") + "00",
        "NAPTR 1 2 u E2U !x!");
    answers(
        cases, "NAPTR", 35, "00010002" + text("") + text("") + text("") + NAME, "NAPTR 1 2   a.b");
    answers(cases, "OPT", 41, "00", "");
    answers(cases, "DS", 43, "00010802" + "ff", "DS 8 2");
    answers(cases, "SSHFP", 44, "0101abcd", "SSHFP: abcd");
    answers(cases, "RRSIG", 46, "00010802" + "00".repeat(14) + NAME + "ff", "RRSIG 1 a.b");
    answers(cases, "RRSIG", 46, "00010802" + "00".repeat(14) + "00ff", "RRSIG 1 <Root>");
    answers(cases, "NSEC", 47, NAME + "000140", "NSEC q.test a.b");
    answers(cases, "DNSKEY", 48, "01000308ff", "DNSKEY 8");
    answers(cases, "NSEC3", 50, "010000010001ff000140", "NSEC3");
    answers(cases, "NSEC3PARAM", 51, "0100000100", "NSEC3PARAM");
    answers(cases, "SVCB", 64, "0001" + NAME, "");
    answers(cases, "HTTPS", 65, "0001" + NAME, "");
    answers(cases, "SPF", 99, text("v=spf1"), "SPF 6 v=spf1");
    answers(cases, "TKEY", 249, NAME, "");
    answers(cases, "TSIG", 250, NAME, "");
    answers(cases, "CAA", 257, "00" + text("issue") + "61", "");
    answers(cases, "BIND signing", 65_534, "0800010000", "BIND9 signing signal");
    for (int type :
        List.of(
            3, 4, 7, 8, 9, 10, 14, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 30, 31, 34, 36, 37,
            39, 40, 42, 45, 49, 52, 53, 55, 59, 60, 61, 62, 63, 100, 104, 108, 256, 32_769,
            65_000)) {
      answers(cases, "unknown", type, "00", "<unknown type=" + type + ">");
    }
    add(cases, "DNS_RR_unknown_type", "39", "a DNAME answer", asked(39, NAME));
    add(cases, "DNS_RR_bad_length", "", "an A answer of 3 bytes", asked(1, "c00002"));
    add(cases, "DNS_AAAA_neg_length", "", "an AAAA answer of 4 bytes", asked(28, "20010db8"));
    add(cases, "DNS_A6_neg_length", "", "an A6 answer of 4 bytes", asked(38, "20010db8"));
    add(cases, "DNS_RR_length_mismatch", "", "an NS answer, a byte more", asked(2, NAME + "ff"));
    add(cases, "DNS_TXT_char_str_past_rdlen", "", "a text of 9 bytes in 3", asked(16, "096162"));
    add(cases, "dns_invalid_loc_length", "", "a LOC answer of 4 bytes", asked(29, "00010203"));
    add(
        cases,
        "DNS_LOC_version_unrecognized",
        "1",
        "a LOC answer of version 1",
        asked(29, "01010203" + "00".repeat(12)));
    add(
        cases,
        "DNS_zero_rdlength",
        "",
        "an empty answer before another",
        udp(
            53,
            query(1),
            message(
                ANSWER,
                1,
                2,
                0,
                question(1) + record(OWNER, 1, 1, 60, "") + record(OWNER, 1, 1, 60, "c0000201"))));
  }

  private static void add(
      List<FamilyCase> cases,
      String name,
      String detail,
      String input,
      Function<String, List<Map<String, String>>> run) {
    cases.add(weird(name, detail, "DNS", input, run));
  }

  private static Function<String, List<Map<String, String>>> queried(String name) {
    return udp(53, message(QUERY, 1, 0, 0, name + "00010001"));
  }

  private static void names(List<FamilyCase> cases) {
    add(cases, "DNS_label_forward_compress_offset", "", "a pointer forwards", queried("c0ff"));
    add(cases, "DNS_label_len_gt_pkt", "", "a label beyond the message", queried("3f61"));
    add(
        cases,
        "DNS_label_too_long",
        "",
        "a label of 64 bytes",
        queried("40" + "61".repeat(64) + "00"));
    add(
        cases,
        "DNS_label_len_gt_name_len",
        "",
        "a name of 640 bytes",
        queried(("3f" + "61".repeat(63)).repeat(10) + "00"));
    add(
        cases,
        "DNS_NAME_too_long",
        "",
        "a name of 256 bytes",
        queried(("3f" + "61".repeat(63)).repeat(4) + "00"));
    StringBuilder chain = new StringBuilder("c00c"); // each pointer leads to the one before it
    for (int i = 0; i < 129; i++) {
      chain.append(String.format("%04x", 0xC000 | 36 + 2 * i));
    }
    add(
        cases,
        "DNS_max_compression_chain_depth_exceeded",
        "129",
        "130 pointers in a row",
        udp(
            53,
            query(1),
            message(
                ANSWER,
                1,
                2,
                0,
                question(1)
                    + record(OWNER, 65_000, 1, 60, chain.toString())
                    + record(String.format("%04x", 0xC000 | 36 + 2 * 129), 1, 1, 60, "c0000201"))));
    add(
        cases,
        "dns_invalid_name",
        "",
        "a message that ends before its name",
        udp(53, message(QUERY, 1, 0, 0, "0161")));
  }

  private static void messages(List<FamilyCase> cases) {
    add(cases, "DNS_truncated_len_lt_hdr_len", "", "5 bytes", udp(53, new byte[5]));
    add(cases, "DNS_unknown_opcode", "2", "opcode 2", udp(53, message(0x1000, 0, 0, 0, "")));
    cases.add(
        new FamilyCase(
            "DNS_unknown_opcode",
            "an answer of opcode 2 from the originator: the ends stay as they are",
            "weird",
            Map.of("name", "DNS_unknown_opcode", "id.orig_p", "40000", "id.resp_p", "53"),
            udp(53, message(0x9000, 0, 0, 0, ""))));
    add(
        cases,
        "DNS_Conn_count_too_large",
        "26 > 25",
        "26 questions",
        udp(53, message(QUERY, 26, 0, 0, question(1))));
    add(
        cases,
        "DNS_truncated_quest_too_short",
        "",
        "a question of its name alone",
        udp(53, message(QUERY, 1, 0, 0, name("q.test") + "00")));
    add(
        cases,
        "DNS_truncated_ans_too_short",
        "",
        "an answer of its name alone",
        udp(53, query(1), message(ANSWER, 1, 1, 0, question(1) + OWNER + "00")));
    add(
        cases,
        "DNS_truncated_RR_rdlength_lt_len",
        "",
        "an answer of 9 bytes in 1",
        udp(
            53,
            query(1),
            message(ANSWER, 1, 1, 0, question(1) + OWNER + "00010001" + "00000000" + "0009ff")));
    cases.add(
        new FamilyCase(
            "an answer to a question with nothing in it is a refusal",
            "no records at all",
            "dns",
            Map.of("rejected", "T", "query", "q.test"),
            udp(53, query(1), message(ANSWER, 1, 0, 0, question(1)))));
    cases.add(
        new FamilyCase(
            "NOTIFY is paired",
            "opcode 4, answered",
            "dns",
            Map.of(
                "opcode_name", "notify", "rejected", "T", "query", "q.test", "qtype_name", "SOA"),
            udp(53, message(0x2400, 1, 0, 0, question(6)), message(0xA400, 1, 0, 0, question(6)))));
    cases.add(
        new FamilyCase(
            "a question whose name is weird has a row",
            "a pointer forwards",
            "dns",
            Map.of("trans_id", "4660"),
            queried("c0ff")));
  }

  private static void security(List<FamilyCase> cases) {
    Map<Integer, String> kinds =
        Map.of(
            1,
            "NotRecommended",
            252,
            "Indirect",
            253,
            "PrivateDNS",
            254,
            "PrivateOID",
            99,
            "unknown");
    kinds.forEach((algorithm, kind) -> {
      String hex = String.format("%02x", algorithm);
      add(
          cases,
          "DNSSEC_RRSIG_" + kind + "_ZoneSignAlgo",
          Integer.toString(algorithm),
          "a signature of algorithm " + algorithm,
          asked(46, "0001" + hex + "02" + "00".repeat(14) + NAME + "ff"));
      add(
          cases,
          "DNSSEC_DNSKEY_" + kind + "_ZoneSignAlgo",
          Integer.toString(algorithm),
          "a key of algorithm " + algorithm,
          asked(48, "010003" + hex + "ff"));
    });
    add(cases, "DNSSEC_DNSKEY_Invalid_Flag", "2", "a key of flags 2", asked(48, "00020308ff"));
    add(cases, "DNSSEC_DNSKEY_Revoked_KSK", "385", "a key of flags 0x181", asked(48, "01810308ff"));
    add(
        cases,
        "DNSSEC_DNSKEY_Invalid_Protocol",
        "4",
        "a key of protocol 4",
        asked(48, "01000408ff"));
    add(cases, "DNSSEC_NSEC_bitmapLen0", "7", "an empty window 7", asked(47, NAME + "0700"));
    add(
        cases,
        "DNSSEC_NSEC3_bitmapLen0",
        "7",
        "an empty window 7",
        asked(50, "010000010001ff0700"));
    add(cases, "DNSSEC_DS_ReservedDigestType", "0", "digest 0", asked(43, "00010800ff"));
    add(cases, "DNSSEC_DS_unknown_DigestType", "9", "digest 9", asked(43, "00010809ff"));
  }

  private static void services(List<FamilyCase> cases) {
    Map<String, String> parameters =
        Map.of(
            "00000001ff", "DNS_SVCB_mandatory_length_invalid",
            "000100020568", "DNS_SVCB_alpn_length_invalid",
            "00020001ff", "DNS_SVCB_nodefaultalpn_value",
            "00030001ff", "DNS_SVCB_port_length_invalid",
            "00060005ffffffffff", "DNS_SVCB_hint_length_invalid",
            "00040003ffffff", "DNS_SVCB_hint_length_invalid",
            "00070000", "DNS_SVCB_key_reserved_or_invalid");
    parameters.forEach((parameter, name) -> {
      add(cases, name, "", "HTTPS with " + parameter, asked(65, "0001" + NAME + parameter));
      add(cases, name, "", "SVCB with " + parameter, asked(64, "0001" + NAME + parameter));
    });
    add(
        cases,
        "DNS_SVCB_param_value_toobig",
        "9 capped to 2",
        "a value of 9 bytes in 2",
        asked(65, "0001" + NAME + "00030009" + "01bb"));
    add(cases, "DNS_SVCB_wrong_length", "", "a record of 1 byte", asked(65, "00"));
    add(
        cases,
        "DNS_SVCB_aliasmode_with_params",
        "",
        "priority 0 with a port",
        asked(65, "0000" + NAME + "0003000201bb"));
  }

  private static void update(
      List<FamilyCase> cases, boolean isPrerequisite, String record, String text) {
    String zone = name("q.test") + "00060001";
    byte[] asked = message(UPDATE, 1, 0, 0, zone);
    byte[] said =
        message(UPDATE | 0x8000, 1, isPrerequisite ? 1 : 0, isPrerequisite ? 0 : 1, zone + record);
    cases.add(
        new FamilyCase(
            "dynamic update",
            text,
            "dns",
            Map.of(
                "answers", text, "opcode_name", "dynamic-update", "query", "q.test", "qtype", ""),
            udp(53, asked, said)));
  }

  private static void updates(List<FamilyCase> cases) {
    update(cases, true, record(OWNER, 255, 254, 0, ""), "pre: NameNotInUse q.test");
    update(cases, true, record(OWNER, 255, 255, 0, ""), "pre: NameInUse q.test");
    update(cases, true, record(OWNER, 1, 254, 0, ""), "pre: NoRRSet A q.test");
    update(cases, true, record(OWNER, 1, 255, 0, ""), "pre: RRSetExists A q.test");
    update(cases, true, record(OWNER, 1, 1, 0, "c0000201"), "pre: RRSetExists A q.test");
    update(cases, false, record(OWNER, 255, 255, 0, ""), "del: RRSet * q.test");
    update(cases, false, record(OWNER, 28, 255, 0, ""), "del: RRSet AAAA");
    update(cases, false, record(OWNER, 1, 254, 0, "c0000201"), "del: RR A q.test");
    update(cases, false, record(OWNER, 1, 1, 60, "c0000201"), "add: A q.test 192.0.2.1");
    update(cases, false, record(OWNER, 5, 1, 60, NAME), "add: a.b");
    String zone = name("q.test") + "00060001";
    add(
        cases,
        "DNS_DU_invalid_zone_count",
        "2",
        "two zones",
        udp(53, message(UPDATE, 2, 0, 0, zone + zone)));
    add(
        cases,
        "DNS_DU_incorrect_zone_type",
        "",
        "a zone of type A",
        udp(53, message(UPDATE, 1, 0, 0, name("q.test") + "00010001")));
    add(
        cases,
        "DNS_dynamic_update_prereq_nonzero_ttl",
        "9",
        "a prerequisite to keep for 9 s",
        udp(53, message(UPDATE, 1, 1, 0, zone + record(OWNER, 1, 254, 9, ""))));
    add(
        cases,
        "DNS_dynamic_update_invalid_prereq",
        "",
        "a prerequisite of class NONE with data",
        udp(53, message(UPDATE, 1, 1, 0, zone + record(OWNER, 1, 254, 0, "c0000201"))));
    add(
        cases,
        "DNS_dynamic_update_invalid_update",
        "",
        "an update of class ANY with data",
        udp(53, message(UPDATE, 1, 0, 1, zone + record(OWNER, 1, 255, 0, "c0000201"))));
  }
}
