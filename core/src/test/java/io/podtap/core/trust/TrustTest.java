package io.podtap.core.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.Authority.Request;
import io.podtap.core.trust.Authority.Usage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertThat(failure).hasMessageContaining("signed by 'CN=other', is not believed");
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
}
