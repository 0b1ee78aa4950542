/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Authority.Request;
import io.podtap.core.trust.authority.Authority.Usage;
import io.podtap.core.trust.authority.Pem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrustTest {

  private static final String SENSOR = "sensor.podtap.svc";
  private static final String TAP = "spiffe://cluster.local/ns/shop/sa/default";
  private static final int DAYS = 3;

  @TempDir private static Path folder;
  private static Authority authority;

  @BeforeAll
  static void makeCertificates() throws IOException {
    authority = Authority.make("tunnel", DAYS);
    write("sensor", authority, new Request("sensor", List.of("dns:" + SENSOR), Usage.SERVER, DAYS));
    write("tap", authority, new Request("tap", List.of("uri:" + TAP), Usage.CLIENT, DAYS));
    Authority other = Authority.make("other", DAYS);
    write("stranger", other, new Request("tap", List.of("uri:" + TAP), Usage.CLIENT, DAYS));
    Files.writeString(folder.resolve("stranger/ca.crt"), authority.certificate());
    write("late", authority, new Request("late", List.of("dns:" + SENSOR), Usage.SERVER, -1));
  }

  private static void write(String name, Authority signer, Request request) throws IOException {
    Authority.Issued issued = signer.issue(request);
    Path target = Files.createDirectories(folder.resolve(name));
    Files.writeString(target.resolve("tls.crt"), issued.chain());
    Files.writeString(target.resolve("tls.key"), issued.key());
    Files.writeString(target.resolve("ca.crt"), signer.certificate());
  }

  private static TrustFiles files(String name) {
    Path from = folder.resolve(name);
    return TrustFiles.of(from.resolve("tls.crt"), from.resolve("tls.key"), from.resolve("ca.crt"));
  }

  private static Trust trust(String name, String... peers) {
    return Trust.load(files(name), List.of(peers));
  }

  private static SSLEngine client(Trust trust) {
    return trust.client(Endpoint.parse("127.0.0.1", 6343));
  }

  /** Lets two engines talk until both are done. */
  private static void shakeHands(SSLEngine client, SSLEngine server) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
    client.beginHandshake();
    server.beginHandshake();
    for (int i = 0; i < 100; i++) {
      step(client, toServer, toClient);
      step(server, toClient, toServer);
      if (isDone(client)
          && isDone(server)
          && toServer.position() == 0
          && toClient.position() == 0) {
        return;
      }
    }
    throw new IllegalStateException(
        client.getHandshakeStatus() + " " + server.getHandshakeStatus());
  }

  private static boolean isDone(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
    ByteBuffer nothing = ByteBuffer.allocate(0);
    ByteBuffer plain = ByteBuffer.allocate(1 << 17);
    in.flip();
    engine.unwrap(in, plain);
    in.compact();
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      engine.wrap(nothing, out);
    }
  }

  @Test
  void bothSidesLearnTheOthersNames() throws SSLException {
    SSLEngine client = client(trust("tap", SENSOR));
    SSLEngine server = trust("sensor", "spiffe://cluster.local/*").server();
    shakeHands(client, server);
    assertThat(client.getSession().getProtocol()).isEqualTo("TLSv1.3");
    assertThat(trust("sensor").peer(client.getSession()).dns()).containsExactly(SENSOR);
    assertThat(trust("sensor").peer(server.getSession()).uris()).containsExactly(TAP);
    assertThat(trust("sensor").peer(server.getSession()).namespaces()).containsExactly("shop");
  }

  @Test
  void aSensorOfAnotherNameIsRefused() {
    Throwable failure =
        catchThrowable(
            () -> shakeHands(client(trust("tap", "other.svc")), trust("sensor").server()));
    assertThat(failure)
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining(SENSOR + " has none of the expected names other.svc");
  }

  @Test
  void aTapOfAnotherNameIsRefused() {
    Throwable failure =
        catchThrowable(
            () -> shakeHands(client(trust("tap")), trust("sensor", "spiffe://a/*").server()));
    assertThat(failure).hasMessageContaining(TAP + " has none of the expected names");
  }

  @Test
  void aTapsCertificateDoesNotMakeASensor() {
    Throwable failure =
        catchThrowable(() -> shakeHands(client(trust("tap")), trust("tap").server()));
    assertThat(failure).isInstanceOf(SSLHandshakeException.class).hasMessageContaining("usage");
  }

  @Test
  void anotherAuthorityIsRefused() {
    Throwable failure =
        catchThrowable(() -> shakeHands(client(trust("stranger")), trust("sensor").server()));
    assertThat(failure).hasMessageContaining("signed by 'CN=other', is not trusted");
  }

  @Test
  void aCertificateThatHasEndedIsSaidAtTheStart() {
    assertThatThrownBy(() -> trust("late"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("ended at");
  }

  @Test
  void aPeersCertificateThatHasEndedIsRefused() throws Exception {
    Trust late =
        Trust.load(
            files("late"),
            List.of(),
            java.time.Clock.fixed(java.time.Instant.EPOCH, java.time.ZoneOffset.UTC));
    Throwable failure = catchThrowable(() -> shakeHands(client(trust("tap")), late.server()));
    assertThat(failure).hasMessageContaining("ended at").hasMessageContaining("clock here says");
  }

  @Test
  void changedFilesAreTakenAndHalfWrittenOnesAreNot() throws IOException {
    write("rotated", authority, new Request("a", List.of("dns:a"), Usage.SERVER, DAYS));
    Trust trust = trust("rotated");
    assertThat(trust.refresh()).isFalse();
    Path certificate = folder.resolve("rotated/tls.crt");
    String former = Files.readString(certificate);
    Files.writeString(certificate, former.substring(0, 200));
    assertThat(trust.refresh()).isFalse();
    assertThat(trust.problem()).contains("tls.crt");
    assertThat(trust.names().dns()).containsExactly("a");
    write("rotated", authority, new Request("b", List.of("dns:b"), Usage.SERVER, DAYS));
    assertThat(trust.refresh()).isTrue();
    assertThat(trust.problem()).isEmpty();
    assertThat(trust.names().dns()).containsExactly("b");
  }

  @Test
  void aKeyOfAnotherCertificateIsSaid() throws IOException {
    Path key = folder.resolve("tap/tls.key");
    TrustFiles mixed =
        TrustFiles.of(folder.resolve("sensor/tls.crt"), key, folder.resolve("sensor/ca.crt"));
    assertThatThrownBy(() -> Trust.load(mixed, List.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("do not belong together");
  }

  @Test
  void namesTheOptionThatIsMissing() {
    Path file = folder.resolve("tap/tls.crt");
    assertThatThrownBy(() -> TrustFiles.of(file, file, null))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("--ca is missing");
  }

  @Test
  void aSecondConnectionToTheSamePeerIsResumed() throws SSLException {
    Trust tap = trust("tap", SENSOR);
    Trust sensor = trust("sensor");
    SSLEngine first = client(tap);
    shakeHands(first, sensor.server());
    SSLEngine second = client(tap);
    shakeHands(second, sensor.server());
    assertThat(second.getSession().getCreationTime())
        .isEqualTo(first.getSession().getCreationTime());
  }

  /** The ticket of a session outlives a certificate: both sides look at the dates again. */
  @Test
  void aSessionIsNotResumedWhoseCertificateHasEnded() throws Exception {
    Instant[] now = {Instant.now()};
    InstantSource source = () -> now[0];
    Clock clock = source.withZone(ZoneOffset.UTC);
    Trust tap = Trust.load(files("tap"), List.of(SENSOR), clock);
    Trust sensor = Trust.load(files("sensor"), List.of(), clock);
    SSLEngine first = sensor.server();
    shakeHands(client(tap), first);
    assertThat(sensor.peer(first.getSession())).isNotNull();
    now[0] = now[0].plus(Duration.ofDays(365));
    assertThatThrownBy(() -> sensor.peer(first.getSession())).hasMessageContaining("ended at");
    assertThat(catchThrowable(() -> shakeHands(client(tap), sensor.server())))
        .hasMessageContaining("ended at");
  }

  /** What may stand in a file in the middle of a copy, after a slip, or by a wrong Secret. */
  private static List<byte[]> damages(byte[] good, byte[] other) {
    String text = new String(good, StandardCharsets.ISO_8859_1);
    int middle = text.length() / 2;
    List<String> texts =
        new ArrayList<>(
            List.of(
                "",
                "\n",
                "\0",
                new String(other, StandardCharsets.ISO_8859_1),
                text.substring(0, middle),
                text.substring(middle),
                text.substring(0, middle) + '\0' + text.substring(middle + 1),
                text.substring(0, middle) + '*' + text.substring(middle + 1),
                text.substring(0, middle) + text.substring(middle + 1),
                text.replace("\n-----END", "=A\n-----END"),
                text.replace("-----END", "A-----END"),
                text.replaceAll("-----\n[^-]*\n-----", "-----\nA\n-----"),
                text.replaceAll("-----\n[^-]*\n-----", "-----\nAAAA\n-----"),
                text.replaceAll("-----\n[^-]*\n-----", "-----\n====\n-----"),
                text.replaceAll("-----\n[^-]*\n-----", "-----\n" + "AAAA".repeat(10) + "\n-----"),
                text.replace("PRIVATE KEY", "EC PRIVATE KEY"),
                text.replace("PRIVATE KEY", "RSA PRIVATE KEY"),
                text.replace("PRIVATE KEY", "CERTIFICATE"),
                text.replace("CERTIFICATE", "PRIVATE KEY"),
                "\u00ff".repeat(5_000)));
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      byte[] mutated = good.clone();
      for (int change = 0; change <= i % 3; change++) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      }
      texts.add(new String(mutated, StandardCharsets.ISO_8859_1));
    }
    return texts.stream().map(one -> one.getBytes(StandardCharsets.ISO_8859_1)).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls.crt", "tls.key", "ca.crt"})
  void noDamageOfAFileCostsMoreThanALine(String name) throws IOException {
    write("damaged", authority, new Request("a", List.of("dns:a"), Usage.SERVER, DAYS));
    Trust trust = trust("damaged");
    Path file = folder.resolve("damaged").resolve(name);
    byte[] good = Files.readAllBytes(file);
    byte[] other = Files.readAllBytes(folder.resolve("tap/tls.key"));
    int refused = 0;
    for (byte[] damage : damages(good, other)) {
      Files.write(file, damage);
      boolean isTaken = trust.refresh();
      boolean isSame = Arrays.equals(damage, good);
      assertThat(isSame || isTaken || !trust.problem().isEmpty()).isTrue();
      assertThat(trust.problem().lines().count()).isLessThanOrEqualTo(1);
      assertThat(trust.names().dns()).containsExactly("a");
      assertThat(trust.server()).isNotNull();
      refused += trust.problem().isEmpty() ? 0 : 1;
      assertThat(trust.status().problem().isEmpty()).isEqualTo(trust.problem().isEmpty());
      Files.write(file, good);
      trust.refresh();
      assertThat(trust.problem()).isEmpty();
    }
    assertThat(refused).isGreaterThan(20);
    Files.delete(file);
    assertThat(trust.refresh()).isFalse();
    assertThat(trust.problem()).contains(name);
    Files.createDirectory(file);
    assertThat(trust.refresh()).isFalse();
    Files.delete(file);
    Files.write(file, good);
    trust.refresh();
    assertThat(trust.problem()).isEmpty();
  }

  @Test
  void damagedFilesAtTheStartAreSaidInOneLine() throws IOException {
    write("start", authority, new Request("a", List.of("dns:a"), Usage.SERVER, DAYS));
    Path file = folder.resolve("start/tls.key");
    byte[] good = Files.readAllBytes(file);
    for (byte[] damage : damages(good, good)) {
      Files.write(file, damage);
      try {
        assertThat(trust("start")).isNotNull();
      } catch (SettingsException e) {
        assertThat(e.getMessage()).doesNotContain("\n").contains("tls.key");
      }
    }
  }

  /** A file that is longer than any of its kind is not read to its end. */
  @Test
  void anEndlessFileIsRefused() {
    TrustFiles files =
        TrustFiles.of(Path.of("/dev/zero"), Path.of("/dev/zero"), Path.of("/dev/zero"));
    assertThatThrownBy(() -> Trust.load(files, List.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("longer than");
  }

  @Test
  void aCertificateThatHasEndedDoesNotReplaceOneThatHasNot() throws IOException {
    write("renewed", authority, new Request("a", List.of("dns:a"), Usage.SERVER, DAYS));
    Trust trust = trust("renewed");
    write("renewed", authority, new Request("b", List.of("dns:b"), Usage.SERVER, -1));
    assertThat(trust.refresh()).isFalse();
    assertThat(trust.problem()).contains("ended at");
    assertThat(trust.names().dns()).containsExactly("a");
  }

  @Test
  void metricsSayWhenItEndsAndWhoIsRefused() throws Exception {
    Instant[] now = {Instant.now()};
    InstantSource source = () -> now[0];
    Trust sensor = Trust.load(files("sensor"), List.of(), source.withZone(ZoneOffset.UTC));
    assertThat(sensor.status().problem()).isEmpty();
    Throwable _ = catchThrowable(() -> shakeHands(client(trust("tap")), sensor.server()));
    now[0] = now[0].plus(Duration.ofDays(365));
    assertThat(sensor.status().problem()).contains("ended at");
    MetricsText text = new MetricsText(MetricsFormat.TEXT);
    text.add(TrustStatus.metrics("podtap_x_").read(sensor.status()));
    assertThat(text.end())
        .contains("podtap_x_certificate_expiry_seconds -")
        .contains("podtap_x_certificate_problem{what=\"ended\"} 1\n")
        .contains("podtap_x_certificate_problem{what=\"unreadable\"} 0\n")
        .contains("podtap_x_peers_refused_total{why=\"authority\"}");
  }

  private static byte[] der(int tag, byte[]... contents) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    for (byte[] content : contents) {
      inner.writeBytes(content);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (inner.size() >= 0x100) {
      out.write(0x82);
      out.write(inner.size() >> 8);
    } else if (inner.size() >= 0x80) {
      out.write(0x81);
    }
    out.write(inner.size());
    out.writeBytes(inner.toByteArray());
    return out.toByteArray();
  }

  /** A revocation list of the first version: RFC 5280 section 5.1. */
  private static byte[] revocations(Authority signer, X509Certificate... revoked) throws Exception {
    Identity identity = Identity.parse(signer.certificate(), signer.key());
    String algorithm =
        identity.key().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    byte[] oid =
        HexFormat.of()
            .parseHex(
                algorithm.endsWith("RSA") ? "06092a864886f70d01010b0500" : "06082a8648ce3d040302");
    byte[] time = der(0x17, "260101000000Z".getBytes(StandardCharsets.US_ASCII));
    ByteArrayOutputStream entries = new ByteArrayOutputStream();
    for (X509Certificate one : revoked) {
      entries.writeBytes(der(0x30, der(0x02, one.getSerialNumber().toByteArray()), time));
    }
    byte[] list =
        der(
            0x30,
            der(0x30, oid),
            identity.chain().getFirst().getSubjectX500Principal().getEncoded(),
            time,
            revoked.length == 0 ? new byte[0] : der(0x30, entries.toByteArray()));
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(identity.key());
    signature.update(list);
    return der(0x30, list, der(0x30, oid), der(0x03, new byte[] {0}, signature.sign()));
  }

  private static X509Certificate certificate(String name) throws Exception {
    return Anchors.parse(Files.readAllBytes(folder.resolve(name).resolve("tls.crt"))).getFirst();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoIsRevokedIsRefusedAndTheFileIsReadAgain(boolean isPem) throws Exception {
    Path file = folder.resolve("lists-" + isPem);
    byte[] none = revocations(authority);
    byte[] list = revocations(authority, certificate("tap"));
    Files.write(
        file, isPem ? Pem.block("X509 CRL", none).getBytes(StandardCharsets.US_ASCII) : none);
    Trust sensor = Trust.load(files("sensor").revocations(file), List.of());
    SSLEngine standing = sensor.server();
    shakeHands(client(trust("tap")), standing);
    assertThat(sensor.isRevoked(standing.getSession())).isFalse();

    Files.write(
        file, isPem ? Pem.block("X509 CRL", list).getBytes(StandardCharsets.US_ASCII) : list);
    assertThat(sensor.refresh()).isTrue();
    assertThat(sensor.isRevoked(standing.getSession())).isTrue();
    assertThat(catchThrowable(() -> shakeHands(client(trust("tap")), sensor.server())))
        .hasMessageContaining("is revoked");
    assertThat(sensor.status().refused()).containsEntry(PeerRefusal.REVOKED, 1L);

    for (byte[] damage : damages(list, none)) {
      Files.write(file, damage);
      sensor.refresh();
    }
    Files.write(file, revocations(Authority.make("another", DAYS), certificate("tap")));
    assertThat(sensor.refresh()).isFalse();
    assertThat(sensor.problem()).contains("not signed by a trusted authority");
    Files.write(file, none);
    sensor.refresh();
    shakeHands(client(trust("tap")), sensor.server());
  }
}
