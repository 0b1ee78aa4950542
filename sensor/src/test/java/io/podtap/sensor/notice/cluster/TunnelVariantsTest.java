/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import static io.podtap.sensor.notice.cluster.RecordScript.DATABASE;
import static io.podtap.sensor.notice.cluster.RecordScript.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Names as tools make them that carry data in DNS, and many names that carry none. */
class TunnelVariantsTest {

  private static final int NAMES = 100;

  private final Random random = new Random(5);

  /**
   * One kind of names.
   *
   * @param count how many there are
   * @param pauseMs between two
   * @param type of the records that are asked for
   * @param answer text of each answer, or an empty text
   */
  private record Names(
      String tool, int count, long pauseMs, String type, String answer, IntFunction<String> name) {}

  @TestFactory
  Stream<DynamicTest> tunnelsAreFound() {
    return Stream.of(
            names("iodine, Base32", "NULL", i -> "0" + base32(120) + ".t.example.org"),
            names("iodine, Base128", "NULL", i -> "h" + latin(200) + ".t.example.org"),
            names("iodine in CNAME", "CNAME", i -> "z" + base32(60) + ".t.example.org"),
            names("dnscat2", "TXT", i -> hex(58) + "." + hex(20) + ".evil.example"),
            names("dnscat2 in MX", "MX", i -> hex(30) + ".evil.example"),
            names("dnscat2 in A", "A", i -> hex(46) + ".evil.co.uk"),
            names("dnscat2 without a domain", "TXT", i -> "dnscat." + hex(58) + "." + hex(30)),
            names("dns2tcp up", "TXT", i -> base32(63) + "." + base32(30) + ".d.example.net"),
            new Names("dns2tcp down", 150, 500, "TXT", "A".repeat(200), i -> short4(i)),
            names(
                "posts of a beacon", "A", i -> "post.1" + hex(56) + ".2" + hex(10) + ".c2.example"),
            names("Base58", "A", i -> base32(50) + ".1.s.example.io"),
            names("one file by DNS", "A", i -> i + "." + base32(60) + ".exfil.example"),
            names("punycode domain", "A", i -> hex(40) + ".xn--80ak6aa92e.xn--p1ai"),
            new Names(
                "slow and full", 40, 12_000, "A", "", i -> hex(60) + "." + hex(40) + ".e.org"))
        .map(names ->
            DynamicTest.dynamicTest(
                names.tool, () -> assertThat(run(names).found()).containsExactly("DNS_TUNNEL")));
  }

  @TestFactory
  Stream<DynamicTest> manyNamesAloneAreNone() {
    return Stream.of(
            names("shards", "A", i -> "img" + i + ".cdn.example.com"),
            names("tenants", "A", i -> "tenant-" + i + ".app.example.com"),
            names("searches", "A", i -> "item-service-" + i + ".shop.svc.cluster.local"),
            names(
                "searches of the node's domain",
                "A",
                i -> "item-service-" + i + ".shop.svc.cluster.local.corp.example"),
            names("reverse, IPv6", "PTR", i -> "1.".repeat(31) + i % 16 + ".ip6.arpa"),
            names("blocked senders", "A", i -> i % 250 + ".2.0.192.zen.spamhaus.example"),
            names("keys of mail", "TXT", i -> "s1._domainkey.sender" + i + ".example"),
            names("services", "SRV", i -> "_kafka._tcp.b-" + i + ".example.com"),
            names(
                "a few long ones again and again",
                "A",
                i -> hex(2, i % 20) + "-uuid".repeat(9) + ".mq.example.com"),
            new Names("buckets", 90, 5_000, "A", "", i -> "bucket-" + i + ".s3.example.com"),
            new Names(
                "endpoints now and then",
                200,
                40_000,
                "A",
                "",
                i -> hex(32) + ".endpoint.region.example.com"))
        .map(names ->
            DynamicTest.dynamicTest(names.tool, () -> assertThat(run(names).found()).isEmpty()));
  }

  private static Names names(String tool, String type, IntFunction<String> name) {
    return new Names(tool, 150, 500, type, "", name);
  }

  private static RecordScript run(Names names) {
    RecordScript script = new RecordScript(new DnsTunnels(NAMES, 1 << 20));
    for (int i = 0; i < names.count; i++) {
      script.record(
          "dns",
          WEB,
          DATABASE,
          "query",
          names.name.apply(i),
          "qtype_name",
          names.type,
          "answers",
          names.answer);
      script.after(Duration.ofMillis(names.pauseMs));
    }
    return script;
  }

  private static String short4(int i) {
    return Integer.toString(i + 50_000, 36) + ".d.example.net";
  }

  private String hex(int length) {
    return text("0123456789abcdef", length);
  }

  private static String hex(int length, int value) {
    return String.format(Locale.ROOT, "%0" + length + "x", value);
  }

  private String base32(int length) {
    return text("abcdefghijklmnopqrstuvwxyz012345", length);
  }

  private String latin(int length) {
    return text("abcdefghijklm\u00bc\u00bd\u00c0\u00d0\u00e1\u00f2\u00fa0123456789", length);
  }

  private String text(String letters, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }
}
