/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import static io.podtap.sensor.notice.cluster.RecordScript.DATABASE;
import static io.podtap.sensor.notice.cluster.RecordScript.OTHER;
import static io.podtap.sensor.notice.cluster.RecordScript.OUTSIDE;
import static io.podtap.sensor.notice.cluster.RecordScript.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Protocols;
import io.podtap.sensor.notice.workload.ClusterSettings;
import io.podtap.sensor.notice.workload.ConnectionRecords;
import io.podtap.sensor.notice.workload.Learning;
import io.podtap.sensor.notice.workload.Party;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each detection on records made for it: what it finds, and what it leaves alone. */
class WatchersTest {

  private static final ClusterSettings SETTINGS = ClusterSettings.standard();
  private static final Duration LEARNED = Duration.ofHours(25);

  private static Learning learning() {
    return new Learning(SETTINGS);
  }

  private static RecordScript edges() {
    return new RecordScript(new NewEdges(SETTINGS, learning(), new LookedUpDomains(SETTINGS)));
  }

  @Test
  void findsAnEdgeThatIsNewAfterTheLearningTime() {
    RecordScript script = edges().connection(WEB, DATABASE, 5432).connection(OTHER, WEB, 80);
    script.after(LEARNED).connection(WEB, DATABASE, 5432).connection(OTHER, WEB, 80);
    assertThat(script.found()).isEmpty();

    assertThat(script.connection(OTHER, DATABASE, 5432).connection(OTHER, DATABASE, 5432).found())
        .containsExactly("NEW_EDGE");
  }

  @Test
  void takesNoAttemptForAnEdgeAndNoNewWorkload() {
    RecordScript script = edges().connection(WEB, DATABASE, 5432).after(LEARNED);
    script.connection(WEB, DATABASE, 22, "conn_state", "REJ");
    script.connection(WEB, new Party("10.0.0.7", "shop/new", false), 80);
    script.connection(new Party("10.0.0.8", "shop/newer", false), DATABASE, 5432);

    assertThat(script.found()).isEmpty();
  }

  @Test
  void findsADestinationOutsideByItsName() {
    RecordScript script =
        new RecordScript(new NewEdges(SETTINGS, learning(), new LookedUpDomains(SETTINGS)));
    script.connection(WEB, OUTSIDE, 443).after(LEARNED);
    Party near = new Party("203.0.113.77", "", true);
    Party far = new Party("198.51.100.1", "", true);

    assertThat(script.connection(WEB, near, 443).found()).isEmpty();
    assertThat(script.connection(WEB, far, 443).found())
        .containsExactly("NEW_EXTERNAL_DESTINATION");
  }

  @Test
  void knowsTheAddressesOfOneServiceByItsName() {
    LookedUpDomains names = new LookedUpDomains(SETTINGS);
    RecordScript answers = new RecordScript(names);
    Party other = new Party("198.51.100.1", "", true);
    answers.record(
        "dns", WEB, DATABASE, "query", "eu.api.example.com", "answers", "alias.net,198.51.100.1");

    assertThat(names.of(WEB, other, 1_700_000_000_100_000_000L)).isEqualTo("example.com");
    assertThat(names.of(OTHER, other, 1_700_000_000_100_000_000L)).isEqualTo("198.51.100.0/24");
    assertThat(LookedUpDomains.network("2001:db8:1:2::5")).isEqualTo("2001:db8:1::/48");
  }

  @Test
  void findsAnUnexpectedProtocol() {
    RecordScript script = new RecordScript(new UnexpectedProtocols(SETTINGS, learning()));
    script.connection(WEB, DATABASE, 6379, "service", "redis").after(LEARNED);
    script.connection(WEB, DATABASE, 6379, "service", "redis");
    assertThat(script.found()).isEmpty();

    script.connection(WEB, DATABASE, 6379, "service", "ssh");
    script.connection(WEB, DATABASE, 40_001, "service", "ssh");
    assertThat(script.found()).containsExactly("UNEXPECTED_PROTOCOL");
  }

  @Test
  void findsAnUnexpectedProtocolWhileTheConnectionIsOpen() {
    RecordScript script = new RecordScript(new UnexpectedProtocols(SETTINGS, learning()));
    script.connection(WEB, DATABASE, 6379, "service", "redis").after(LEARNED);
    assertThat(confirmed(script, "ssh", "0").found()).isEmpty();
    assertThat(confirmed(script, "redis", "1").found()).isEmpty();
    assertThat(confirmed(script, "ssh", "1").found()).containsExactly("UNEXPECTED_PROTOCOL");
    script.connection(WEB, DATABASE, 6379, "service", "ssh,redis");
    assertThat(script.found()).hasSize(1);
  }

  private static RecordScript confirmed(RecordScript script, String service, String answered) {
    String number = Integer.toString(Protocols.names().indexOf(service));
    return script.record(
        ConnectionRecords.CONFIRMED,
        WEB,
        DATABASE,
        "proto",
        "tcp",
        "id.resp_p",
        "6379",
        "answered",
        answered,
        "number",
        number);
  }

  @Test
  void findsWhatIsAskedOfTheMetadataService() {
    Party metadata = new Party("169.254.169.254", "", true);
    RecordScript script = new RecordScript(new Metadata(SETTINGS, learning()));
    script.record("http", WEB, metadata, "method", "GET", "uri", "/latest/meta-data/hostname");
    script.after(LEARNED);
    script.record("http", WEB, metadata, "method", "GET", "uri", "/latest/meta-data/hostname");
    assertThat(script.found()).isEmpty();

    script.record("http", WEB, metadata, "uri", "/latest/meta-data/iam/security-credentials/");
    assertThat(script.found()).containsExactly("METADATA_ACCESS");
  }

  @ParameterizedTest
  @CsvSource({
    "169.254.169.254, x",
    "fd00:ec2::254, x",
    "203.0.113.9, metadata.google.internal",
    "203.0.113.9, METADATA.google.internal:80",
  })
  void knowsTheMetadataServiceByAddressAndByName(String address, String host) {
    RecordScript script = new RecordScript(new Metadata(SETTINGS, learning()));
    script.record("http", WEB, DATABASE, "host", "shop").after(LEARNED);
    Party target = new Party(address, "", true);
    script.record("http", WEB, target, "host", "metadata", "uri", "/").after(LEARNED);

    assertThat(script.record("http", WEB, target, "host", host, "uri", "/a/token").found())
        .containsExactly("METADATA_ACCESS");
  }

  @ParameterizedTest
  @CsvSource({
    "10250, KUBELET_ACCESS",
    "10255, KUBELET_ACCESS",
    "2379, ETCD_ACCESS",
    "6443, API_SERVER_ACCESS",
  })
  void findsWhoNeverAskedTheControlPlane(int port, String kind) {
    RecordScript script = new RecordScript(new ControlPlane(SETTINGS, learning()));
    script.connection(OTHER, DATABASE, port).after(LEARNED).connection(OTHER, DATABASE, port);
    assertThat(script.found()).isEmpty();

    RecordScript later = new RecordScript(new ControlPlane(SETTINGS, learning()));
    later.connection(OTHER, DATABASE, port).after(LEARNED);
    later.connection(WEB, DATABASE, port, "conn_state", "REJ"); // begins to be known
    later.connection(WEB, DATABASE, port).after(LEARNED);
    assertThat(later.found()).isEmpty();
    assertThat(knownBefore(port)).containsExactly(kind);
  }

  /** The workload was seen before, doing something else. */
  private static java.util.List<String> knownBefore(int port) {
    Learning learning = learning();
    RecordScript script = new RecordScript(new ControlPlane(SETTINGS, learning));
    learning.isOver(WEB, 1_700_000_000_000_000_000L);
    return script.after(LEARNED).connection(WEB, DATABASE, port).found();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "xmr-eu1.nanopool.org",
        "pool.supportxmr.com",
        "stratum.example.org",
        "eu.stratum.slushpool.com",
        "gulf.moneroocean.stream",
        "XMRPOOL.eu"
      })
  void knowsPools(String name) {
    assertThat(Mining.isPool(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pool.ntp.org",
        "connection-pool.shop.svc.cluster.local",
        "example.com",
        "mynicehash.com.example.org",
        "carpool.example",
        ""
      })
  void takesOtherNamesForNoPool(String name) {
    assertThat(Mining.isPool(name)).isFalse();
  }

  @Test
  void joinsALookupWithItsCallback() {
    RecordScript script = new RecordScript(new Lookups(SETTINGS));
    script.record("content", OTHER, WEB, "kind", "jndi", "text", "jndi:ldap://203.0.113.9:1389/a");
    script.connection(WEB, DATABASE, 389);
    script.record("ldap", WEB, OUTSIDE, "opcode", "bind");
    script.connection(WEB, OUTSIDE, 1389);

    assertThat(script.found()).containsExactly("JNDI_LOOKUP", "JNDI_CALLBACK");
  }

  @Test
  void joinsALookupOfANameWithWhatThatIsResolvedTo() {
    RecordScript script = new RecordScript(new Lookups(SETTINGS));
    script.record("content", OTHER, WEB, "kind", "jndi", "text", "jndi:ldap://x.evil.example/a");
    script.record("dns", DATABASE, WEB, "query", "x.evil.example", "answers", "203.0.113.9");
    script.connection(WEB, OUTSIDE, 389);

    assertThat(script.found()).containsExactly("JNDI_LOOKUP", "JNDI_CALLBACK", "JNDI_CALLBACK");
  }

  @Test
  void tellsShellsApart() {
    RecordScript script = new RecordScript(new Shells());
    script.record("content", WEB, OUTSIDE, "kind", "shell", "is_orig", "1", "text", "sh-5.1$");
    script.record("content", OTHER, WEB, "kind", "shell", "is_orig", "0", "text", "sh-5.1$");
    script.record("content", OTHER, WEB, "kind", "command_output", "is_orig", "0", "text", "uid=0");
    assertThat(script.found()).containsExactly("REVERSE_SHELL", "BIND_SHELL", "WEB_SHELL");
  }

  @Test
  void findsACommandInAParameter() {
    RecordScript script = new RecordScript(new Shells());
    script.record("http", OTHER, WEB, "uri", "/search?q=cat+food&c=shoes", "status_code", "200");
    script.record("http", OTHER, WEB, "uri", "/x.php?cmd=id", "status_code", "404");
    assertThat(script.found()).isEmpty();
    script.record("http", OTHER, WEB, "uri", "/x.php?cmd=cat%20/etc/passwd", "status_code", "200");
    assertThat(script.found()).containsExactly("WEB_SHELL");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "redis|cmd.name|AUTH|success|0",
        "postgresql|backend|auth_request,error|backend_arg|CleartextPassword,Code=28P01,Message=password"
            + " authentication failed",
        "mysql|response|Access denied for user|cmd|login",
        "ldap|opcode|bind simple|result|invalid credentials",
        "http|username|admin|status_code|401",
      })
  void countsFailedLogins(String log, String field, String value, String more, String moreValue) {
    RecordScript script =
        new RecordScript(new Guessing(20, Duration.ofMinutes(15).toNanos(), 1 << 20));
    for (int i = 0; i < 19; i++) {
      script.record(log, OTHER, DATABASE, field, value, more, moreValue);
    }
    assertThat(script.found()).isEmpty();
    script.record(log, OTHER, DATABASE, field, value, more, moreValue);
    assertThat(script.found()).containsExactly("PASSWORD_GUESSING");
  }

  @Test
  void forgetsFailedLogins() {
    RecordScript script =
        new RecordScript(new Guessing(20, Duration.ofMinutes(15).toNanos(), 1 << 20));
    for (int i = 0; i < 60; i++) {
      script.record("redis", OTHER, DATABASE, "cmd.name", "AUTH", "success", "0");
      script.after(Duration.ofMinutes(2));
    }
    assertThat(script.found()).isEmpty();
  }

  @Test
  void findsATunnelInNames() {
    RecordScript script = new RecordScript(new DnsTunnels(100, 1 << 20));
    Random random = new Random(1);
    for (int i = 0; i < 100; i++) {
      String data = Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
      script.record("dns", WEB, DATABASE, "query", data + ".t.example.co.uk");
    }
    assertThat(script.found()).containsExactly("DNS_TUNNEL");
  }

  @Test
  void leavesSearchesAndShortNamesAlone() {
    RecordScript script = new RecordScript(new DnsTunnels(100, 1 << 20));
    for (int i = 0; i < 500; i++) {
      script.record(
          "dns", WEB, DATABASE, "query", "a-long-service-name-" + i + ".shop.svc.cluster.local");
      script.record("dns", WEB, DATABASE, "query", "host" + i + ".example.com");
      script.record("dns", WEB, DATABASE, "query", "one-name-that-is-long-enough.example.net");
      script.record("dns", WEB, DATABASE, "query", i + ".0.0.10.in-addr.arpa");
    }
    assertThat(script.found()).isEmpty();
  }

  private static RecordScript beacons() {
    Learning learning = learning();
    learning.isOver(WEB, 1_700_000_000_000_000_000L);
    return new RecordScript(new Beacons(SETTINGS, learning, new LookedUpDomains(SETTINGS)))
        .after(LEARNED);
  }

  @Test
  void findsABeacon() {
    RecordScript script = beacons();
    Random random = new Random(2);
    for (int i = 0; i < 40; i++) {
      script.connection(WEB, OUTSIDE, 443);
      script.after(Duration.ofMillis(60_000 + random.nextInt(3_000)));
    }
    assertThat(script.found()).containsExactly("BEACON");
  }

  @Test
  void leavesPeopleAndMonitoringAlone() {
    RecordScript script = beacons();
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      script.connection(WEB, OUTSIDE, 443, "orig_bytes", Integer.toString(random.nextInt(5_000)));
      script.after(Duration.ofMillis((long) (-60_000 * Math.log(1 - random.nextDouble()))));
    }
    assertThat(script.found()).isEmpty();
    RecordScript regular =
        new RecordScript(new Beacons(SETTINGS, learning(), new LookedUpDomains(SETTINGS)));
    for (int i = 0; i < 2_000; i++) {
      regular.connection(WEB, OUTSIDE, 443).after(Duration.ofMinutes(1));
      regular.connection(WEB, DATABASE, 443);
    }
    assertThat(regular.found()).isEmpty();
  }

  @Test
  void findsAVolumeAboveWhatIsUsual() {
    RecordScript script = new RecordScript(new Volumes(SETTINGS, learning()));
    for (int i = 0; i < 200; i++) {
      script.connection(WEB, OUTSIDE, 443, "orig_bytes", "3000000").after(Duration.ofMinutes(10));
    }
    assertThat(script.found()).isEmpty();
    script.connection(WEB, OUTSIDE, 443, "orig_bytes", "10000000");
    assertThat(script.found()).isEmpty();
    script.connection(WEB, OUTSIDE, 443, "orig_bytes", "90000000");
    assertThat(script.found()).containsExactly("VOLUME_OUT");
  }

  @ParameterizedTest
  @CsvSource({
    "http, username, alice, uri, /",
    "ftp, user, alice, password, <hidden>",
    "redis, cmd.name, auth, success, 1",
    "postgresql, backend_arg, CleartextPassword, user, app",
    "ldap, opcode, bind simple, object, cn=admin",
  })
  void findsPasswordsInClearText(
      String log, String field, String value, String more, String moreValue) {
    RecordScript script = new RecordScript(new ClearText());
    script.record(log, OTHER, DATABASE);
    assertThat(script.found()).isEmpty();
    script.record(log, OTHER, DATABASE, field, value, more, moreValue);
    assertThat(script.found()).containsExactly("CLEAR_TEXT_CREDENTIALS");
  }

  @Test
  void findsTokensAndSecretsInClearText() {
    RecordScript script = new RecordScript(new ClearText());
    script.record("content", OTHER, WEB, "kind", "token", "is_orig", "1", "text", "a");
    script.record("content", OTHER, WEB, "kind", "secret", "is_orig", "0", "text", "Secret db");
    assertThat(script.found()).containsExactly("TOKEN_EXPOSED", "SECRET_EXPOSED");
  }

  @Test
  void findsWhoWasAttackedAndAttacks() {
    RecordScript script = new RecordScript(new Movement(SETTINGS));
    script.record("notice", OTHER, DATABASE, "note", "Scan::Address_Scan");
    script.record("notice", OTHER, WEB, "note", "Cluster::JNDI_Lookup");
    script.record("notice", WEB, OUTSIDE, "note", "Cluster::New_External_Destination");
    assertThat(script.found()).isEmpty();
    script.record("notice", WEB, DATABASE, "note", "Scan::Port_Scan");
    assertThat(script.found()).containsExactly("LATERAL_MOVEMENT");
  }

  private static void report(RecordScript script, long sent, long lost, long seen, long dropped) {
    script.record(
        "tap",
        WEB,
        WEB,
        "tap.id",
        "t1",
        "tap.address",
        WEB.address(),
        "tap.state",
        "running",
        "sent_here",
        Long.toString(sent),
        "lost",
        Long.toString(lost),
        "seen",
        Long.toString(seen),
        "dropped",
        Long.toString(dropped));
  }

  @Test
  void findsLossOfMoreThanOnePercent() {
    RecordScript script = new RecordScript(new LostEvidence(1, 1 << 20));
    report(script, 1_000, 5, 1_000, 5);
    report(script, 2_000, 15, 2_000, 15);
    assertThat(script.found()).isEmpty();
    report(script, 3_000, 30, 3_000, 15);
    assertThat(script.found()).containsExactly("LOST_EVIDENCE");
    report(script, 4_000, 30, 4_000, 40);
    assertThat(script.found()).containsExactly("LOST_EVIDENCE", "LOST_EVIDENCE");
  }

  @Test
  void findsATapThatIsSilentWhileItsPodIsNot() {
    RecordScript script = new RecordScript(new LostEvidence(1, 1 << 20));
    report(script, 1_000, 0, 1_000, 0);
    for (int i = 0; i < 30; i++) {
      script
          .connection(OTHER, WEB, 80, "tap.id", "t2", "tap.also", "t1")
          .after(Duration.ofSeconds(5));
    }
    assertThat(script.found()).isEmpty();
    for (int i = 0; i < 30; i++) {
      script.connection(OTHER, WEB, 80, "tap.id", "t2").after(Duration.ofSeconds(5));
    }
    assertThat(script.found()).containsExactly("TAP_SILENT");
  }

  @Test
  void isBounded() {
    NewEdges edges = new NewEdges(SETTINGS, learning(), new LookedUpDomains(SETTINGS));
    Beacons beacons = new Beacons(SETTINGS, learning(), new LookedUpDomains(SETTINGS));
    RecordScript both = new RecordScript(edges);
    RecordScript regular = new RecordScript(beacons).after(Duration.ofDays(2));
    for (int i = 0; i < 100_000; i++) {
      Party source = new Party("10.1." + i % 200 + ".1", "ns/w" + i % 2_000, false);
      Party target = new Party("198.51." + i % 100 + "." + i % 250, "", true);
      both.connection(source, target, 443);
      regular.connection(source, target, 443);
    }
    assertThat(edges.bytes()).isLessThan(8 << 20);
    assertThat(beacons.bytes()).isLessThan(16 << 20);
  }
}
