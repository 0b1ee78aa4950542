/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.notice.MapRecord;
import io.podtap.sensor.notice.StageRun;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZeekDetectionsTest {

  private static final long SECOND_NS = 1_000_000_000L;
  private static final long START_NS = 1_700_000_000L * SECOND_NS;

  private static MapRecord conn(String to, long port, String history, long second) {
    return new MapRecord("conn", START_NS + second * SECOND_NS)
        .with("proto", "tcp")
        .with("id.orig_h", "10.0.0.9")
        .with("id.resp_h", to)
        .with("id.resp_p", port)
        .with("history", history);
  }

  @Test
  void scansAreToldApart() {
    try (StageRun run = new StageRun(Scans.KIND, Map.of())) {
      for (int i = 0; i < 25; i++) {
        run.take(conn("10.0.1." + i, 22, i % 2 == 0 ? "S" : "Sr", i));
      }
      assertThat(run.messages())
          .containsExactly("10.0.0.9 scanned at least 25 unique hosts on port 22/tcp in 0m24s");
    }
    try (StageRun run = new StageRun(Scans.KIND, Map.of())) {
      for (int i = 0; i < 25; i++) {
        run.take(conn("10.0.1.1", 1_000 + i, "Sr", i));
      }
      assertThat(run.kinds()).containsExactly("Scan::Port_Scan");
    }
    try (StageRun run = new StageRun(Scans.KIND, Map.of())) {
      for (int i = 0; i < 25; i++) {
        run.take(conn("10.0.1." + i, 1_000 + i, "S", i));
      }
      assertThat(run.kinds()).containsExactly("Scan::Random_Scan");
    }
  }

  @Test
  void connectionsThatSucceedOrRepeatAreNoScan() {
    try (StageRun run = new StageRun(Scans.KIND, Map.of())) {
      for (int i = 0; i < 200; i++) {
        run.take(conn("10.0.1." + i, 80, "ShADadFf", i));
        run.take(conn("10.0.2.1", 80, "S", i));
        run.take(conn("10.0.3." + i / 10, 80, "Sr", i * 1_000L)); // one in 15 minutes
      }
      assertThat(run.messages()).isEmpty();
    }
  }

  /** A rolling update: each pod answers for a while, and is asked once more when it is gone. */
  @Test
  void podsThatAnsweredAndAreGoneAreNoScan() {
    try (StageRun run = new StageRun(Scans.KIND, Map.of())) {
      for (int i = 0; i < 100; i++) {
        run.take(conn("10.0.1." + i, 80, "ShADadFf", 5L * i).with("conn_state", "SF"));
        run.take(conn("10.0.1." + i, 80, i % 2 == 0 ? "Sr" : "S", 5L * i + 3));
      }
      assertThat(run.messages()).isEmpty();
      for (int i = 0; i < 25; i++) { // another port of the same pods
        run.take(conn("10.0.1." + i, 22, "Sr", 500 + i));
      }
      assertThat(run.kinds()).containsExactly("Scan::Address_Scan");
    }
  }

  @Test
  void failedLoginsAreCounted() {
    try (StageRun run = new StageRun(FtpGuessing.KIND, Map.of())) {
      for (int i = 0; i < 40; i++) {
        run.take(
            new MapRecord("ftp_reply", START_NS + i * SECOND_NS)
                .with("id.orig_h", "10.0.0.9")
                .with("id.resp_h", "10.0.0." + i % 2)
                .with("name", "PASS")
                .with("number", i % 4 == 3 ? 230L : 530L));
      }
      assertThat(run.messages())
          .containsExactly("10.0.0.9 had 20 failed logins on 2 FTP servers in 0m25s");
    }
    try (StageRun run = new StageRun(SshGuessing.KIND, Map.of())) {
      for (int i = 0; i < 15; i++) {
        run.take(
            new MapRecord("ssh", START_NS + i * SECOND_NS)
                .with("id.orig_h", "10.0.0.9")
                .with("id.resp_h", "10.0.0.1")
                .with("auth_success", 0L)
                .with("auth_attempts", 2L));
      }
      assertThat(run.kinds()).containsExactly("SSH::Password_Guessing");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/item?id=1 union select user,password from users",
        "/item?id=1'; drop table users --",
        "/item?id=1' or '1'='1",
        "/item?id=1 and 1=1",
        "/item?id=1'-1",
        "/item?name=x&id=substring(password,1,1)",
        "/item?id=1/**/union/**/select/**/1",
        "/item?q=/*!50000union*/",
      })
  void sqlIsRecognized(String uri) {
    assertThat(SqlInjection.isSql(uri)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/select/from/union",
        "/search?q=black+and+white",
        "/item?id=42&lang=de",
        "/item?name=O'Brien",
        "/metrics?match[]=up",
        "/api/v1/pods?labelSelector=app%3Dshop&limit=500",
      })
  void otherUrisAreNoSql(String uri) {
    assertThat(SqlInjection.isSql(uri)).isFalse();
  }

  @Test
  void foreignNamesThatPointHereAreFound() {
    Map<String, List<String>> zones = Map.of("site.local_zones", List.of("shop.example"));
    try (StageRun run = new StageRun(ExternalNames.KIND, zones)) {
      for (String name : List.of("api.shop.example", "evil.example", "evil.example")) {
        run.take(
            new MapRecord("dns", START_NS)
                .with("proto", "udp")
                .with("query", name)
                .with("answers", List.of("alias.example", "10.0.0.1", "192.0.78.9")));
      }
      assertThat(run.messages())
          .containsExactly("evil.example is pointing to a local host - 10.0.0.1.");
    }
  }

  @Test
  void certificatesAreCheckedOnceADay() {
    try (StageRun run = new StageRun(CertificateDates.KIND, Map.of())) {
      long day = 86_400L * SECOND_NS;
      String[] names = {"expired", "soon", "early", "good"};
      long[] from = {-900 * day, -10 * day, day, -10 * day};
      long[] until = {-day, 20 * day, 900 * day, 900 * day};
      for (int i = 0; i < names.length; i++) {
        run.take(
            new MapRecord("x509", START_NS)
                .with("fingerprint", names[i])
                .with("certificate.subject", "CN=" + names[i])
                .with("certificate.not_valid_before", START_NS + from[i])
                .with("certificate.not_valid_after", START_NS + until[i]));
        for (int again = 0; again < 2; again++) {
          run.take(
              new MapRecord("ssl", START_NS)
                  .with("id.resp_h", "10.0.0.1")
                  .with("id.resp_p", 443L)
                  .with("established", 1L)
                  .with("cert_chain_fps", List.of(names[i])));
        }
      }
      assertThat(run.messages())
          .containsExactly(
              "Certificate CN=expired expired at 2023-11-13-22:13:20",
              "Certificate CN=soon is going to expire at 2023-12-04-22:13:20",
              "Certificate CN=early isn't valid until 2023-11-15-22:13:20");
    }
  }
}
