/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.cluster.ClusterApi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas, one Secret, one configuration. */
final class SharedCertificateTest {

  private static final OwnCertificate SETTINGS =
      new OwnCertificate("secret", "podtap", OwnCertificate.namesOf("hook", "podtap"), 90);
  private static final OwnCertificate LONGER =
      new OwnCertificate("secret", "podtap", SETTINGS.names(), 300);
  private static final Clock NOW = Clock.systemUTC();
  private static final Clock LATER = Clock.offset(NOW, Duration.ofDays(70));

  @TempDir private static Path made;
  @TempDir private Path folder;
  private FakeApiServer server;
  private ClusterApi api;

  @BeforeAll
  static void makeCertificate() throws Exception {
    TestCertificates.write(made, Authority.KeyKind.EC, false);
  }

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("token"), "t\n");
    Files.writeString(folder.resolve("namespace"), "podtap");
    server = FakeApiServer.start(made, folder);
    api = server.api();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void replicasShareOneCertificateThatTheApiServerBelieves() {
    SharedCertificate first = SharedCertificate.open(api, SETTINGS, NOW);
    SharedCertificate second = SharedCertificate.open(api, SETTINGS, NOW);

    assertThat(second.current().end()).isEqualTo(first.current().end());
    assertThat(server.secretsWritten()).isEqualTo(1);
    assertThat(server.patches()).isEqualTo(1);
    assertThat(server.bundle()).isEqualTo(server.secret("ca.crt"));
    assertThat(first.problem()).isEmpty();
    assertThat(first.current().end())
        .isBetween(
            Instant.now().plus(Duration.ofDays(89)), Instant.now().plus(Duration.ofDays(91)));
  }

  @Test
  void renewsInTimeAndShowsTheNewOneAfterTheApiServerKnows() {
    SharedCertificate replica = SharedCertificate.open(api, SETTINGS, NOW);
    Instant before = replica.current().end();
    String authority = server.secret("ca.crt");
    SharedCertificate other = SharedCertificate.open(api, LONGER, LATER);

    assertThat(server.secretsWritten()).isEqualTo(2);
    assertThat(server.bundle()).endsWith(authority).isNotEqualTo(authority);
    assertThat(replica.look()).as("seen").isFalse();
    assertThat(replica.current().end()).isEqualTo(before);
    assertThat(replica.look()).as("shown").isTrue();
    assertThat(replica.current().end()).isEqualTo(other.current().end()).isAfter(before);
  }

  @Test
  void losesTheRaceAndTakesWhatTheOtherWrote() {
    server.conflictOnce();
    SharedCertificate replica = SharedCertificate.open(api, SETTINGS, NOW);
    assertThat(replica.problem()).isEmpty();
    assertThat(server.bundle()).isEqualTo(server.secret("ca.crt"));
  }

  @Test
  void saysWhichRequestIsForbidden() {
    server.forbid("secrets");
    assertThatThrownBy(() -> SharedCertificate.open(api, SETTINGS, NOW))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("GET secret secret: 403 secrets is forbidden");
  }

  @Test
  void goesOnWithItsCertificateWhenTheApiServerIsAway() {
    SharedCertificate replica = SharedCertificate.open(api, SETTINGS, NOW);
    server.forbid("mutatingwebhookconfigurations");
    assertThat(replica.look()).isFalse();
    assertThat(replica.problem()).contains("GET mutatingwebhookconfiguration podtap: 403");
    assertThat(replica.current().end()).isAfter(Instant.now());
  }

  @Test
  void refusesNamesThatAreNone() {
    assertThatThrownBy(() -> new OwnCertificate("a/b", "c", List.of("d"), 90))
        .isInstanceOf(SettingsException.class);
  }
}
