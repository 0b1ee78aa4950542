/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.PacketBlock;
import io.podtap.core.pcap.PcapngWriter;
import io.podtap.core.report.TapReport;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.core.trust.TrustFiles;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Authority.Request;
import io.podtap.core.trust.authority.Authority.Usage;
import io.podtap.sensor.ingest.IngestSettings;
import io.podtap.sensor.ingest.StreamListener;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.sink.Rotation;
import io.podtap.sensor.stream.StreamEnd;
import io.podtap.sensor.stream.StreamLimits;
import io.podtap.sensor.taps.AddressRange;
import io.podtap.sensor.taps.KnownTaps;
import io.podtap.sensor.track.Tracker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sensor on loopback, and taps made of the JDK's sockets. */
final class SensorStreamTest {

  private static final int DAYS = 2;
  private static final int HOSTILE = 10_000;

  /** The buffers of streams, 16 MiB, and what a thousand handshakes under way hold. */
  private static final long MEMORY_BYTES_MAX = 96L << 20;

  /** A datagram of 10.0.0.1 port 5000 to 10.0.0.2 port 9999. */
  private static final byte[] FRAME =
      HexFormat.of()
          .parseHex(
              "02000000000202000000000108004500002000010000401166ca0a0000010a000002"
                  + "1388270f000c0000706f6421");

  @TempDir private static Path trust;
  private static Authority authority;

  @TempDir private Path logs;
  private final List<String> news = new CopyOnWriteArrayList<>();
  private int port;
  private Sensor sensor;
  private Thread thread;

  @BeforeAll
  static void makeCertificates() throws IOException {
    authority = Authority.make("tunnel", DAYS);
    write("sensor", new Request("sensor", List.of("dns:sensor"), Usage.SERVER, DAYS));
    write("shop", tap("shop"));
    write("other", tap("other"));
  }

  private static Request tap(String namespace) {
    return new Request(
        "tap", List.of("uri:spiffe://local/ns/" + namespace + "/sa/tap"), Usage.CLIENT, DAYS);
  }

  private static void write(String name, Request request) throws IOException {
    Authority.Issued issued = authority.issue(request);
    Path target = Files.createDirectory(trust.resolve(name));
    Files.writeString(target.resolve("tls.crt"), issued.chain());
    Files.writeString(target.resolve("tls.key"), issued.key());
    Files.writeString(target.resolve("ca.crt"), authority.certificate());
  }

  @BeforeEach
  void start() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path own = trust.resolve("sensor");
    SensorSettings settings =
        new SensorSettings(
            new IngestSettings(
                List.of(),
                new StreamListener(
                    Endpoint.parse("127.0.0.1", port),
                    TrustFiles.of(
                        own.resolve("tls.crt"), own.resolve("tls.key"), own.resolve("ca.crt")),
                    List.of("spiffe://local/ns/*"),
                    true,
                    StreamLimits.DEFAULT),
                new KnownTaps(true, List.of(AddressRange.parse("192.0.2.1"))),
                1 << 20),
            "",
            "",
            AnalysisSettings.standard(Tracker.Settings.standard(1)),
            logs.toString(),
            LogFormat.named("json"),
            Rotation.NEVER,
            null);
    CompletableFuture<Sensor> opened = new CompletableFuture<>();
    thread =
        Thread.ofPlatform()
            .start(() -> {
              Sensor made = Sensor.open(settings, news::add);
              opened.complete(made);
              made.run();
            });
    sensor = opened.get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws InterruptedException {
    sensor.stop();
    thread.join(10_000);
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + 15_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private SSLSocket connect(String namespace) throws Exception {
    Path own = trust.resolve(namespace);
    Identity identity =
        Identity.parse(
            Files.readString(own.resolve("tls.crt")), Files.readString(own.resolve("tls.key")));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", identity.chain().getLast());
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {new CurrentIdentity(identity)}, managers.getTrustManagers(), null);
    return (SSLSocket)
        context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
  }

  private static byte[] beginning(String namespace) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        PcapngWriter.section(
            "podtap", "podtap.tap-id=tap-1\npodtap.namespace=" + namespace + "\n"));
    out.writeBytes(
        PcapngWriter.description(new PcapngWriter.Interface("eth0", "", "", LinkType.ETHERNET, 0)));
    return out.toByteArray();
  }

  private static byte[] packets(int count, long timestampNs) {
    int length = PacketBlock.length(FRAME.length);
    MemorySegment all = MemorySegment.ofArray(new byte[count * length]);
    for (int i = 0; i < count; i++) {
      long at =
          PacketBlock.put(
              all, (long) i * length, 0, timestampNs + i, FRAME.length, FRAME.length, true);
      MemorySegment.copy(MemorySegment.ofArray(FRAME), 0, all, at, FRAME.length);
    }
    return (byte[]) all.heapBase().orElseThrow();
  }

  private static byte[] report(String state, int sequence, int sent) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(TapReport.TAP_ID, "tap-1");
    values.put(TapReport.START, "7");
    values.put(TapReport.SEQUENCE, Integer.toString(sequence));
    values.put(TapReport.STATE, state);
    values.put(TapReport.NAMESPACE, "shop");
    values.put(TapReport.LANE_SENT, Integer.toString(sent));
    String text = new String(new TapReport(values).encode(), StandardCharsets.UTF_8);
    return PcapngWriter.statistics(new PcapngWriter.Statistics(0, 0, sent, 0, sent, sent, text));
  }

  private static long nowNs() {
    return System.currentTimeMillis() * 1_000_000L;
  }

  private List<String> lines(String log) throws IOException {
    return Files.readAllLines(logs.resolve(log));
  }

  @Test
  void aStreamBecomesFlowsAndABalancedTapAcrossTwoConnections() throws Exception {
    long captured = nowNs() - 20_000_000_000L;
    try (SSLSocket tap = connect("shop")) {
      tap.getOutputStream().write(beginning("shop"));
      tap.getOutputStream().write(report("start", 0, 0));
      tap.getOutputStream().write(packets(10, captured));
    }
    await("first", () -> sensor.snapshot().ingest().streams().frames() == 10);
    try (SSLSocket tap = connect("shop")) {
      tap.getOutputStream().write(beginning("shop"));
      tap.getOutputStream().write(report("start", 1, 15)); // five were on their way
      tap.getOutputStream().write(packets(20, captured + 1_000));
      tap.getOutputStream().write(report("stop", 2, 35));
    }
    await("second", () -> sensor.snapshot().ingest().streams().frames() == 30);
    await("closed", () -> sensor.snapshot().ingest().streams().connections().open() == 0);
    stop();
    Sensor.Snapshot end = sensor.snapshot();
    assertThat(end.ingest().taps())
        .singleElement()
        .satisfies(tap -> {
          assertThat(tap.sentHere()).isEqualTo(35);
          assertThat(tap.received()).isEqualTo(30);
          assertThat(tap.lost()).isEqualTo(5);
          assertThat(tap.tap().isKnown()).isTrue();
        });
    assertThat(lines("conn.log"))
        .singleElement()
        .asString()
        .contains("\"id.resp_p\":9999", "\"orig_pkts\":30")
        .contains("\"ts\":" + captured / 1_000_000_000L);
    assertThat(lines("tap.log"))
        .last()
        .asString()
        .contains("\"tap.id\":\"shop/tap-1\"", "\"lost\":5")
        .doesNotContain("tap.vni");
    assertThat(news).isEmpty();
    assertThat(SensorText.json(end)).contains("\"ends\":{\"closed\":2}");
  }

  @Test
  void aTapThatClaimsANamespaceNotItsOwnIsRefused() throws Exception {
    try (SSLSocket tap = connect("other")) {
      tap.getOutputStream().write(beginning("shop"));
      tap.getOutputStream().write(packets(5, nowNs()));
      await("refused", () -> !news.isEmpty());
      assertThat(news)
          .singleElement()
          .asString()
          .contains("claims namespace 'shop'", "spiffe://local/ns/other/sa/tap");
    }
    assertThat(sensor.snapshot().ingest().streams().frames()).isZero();
  }

  private static byte[] section(String comment) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PcapngWriter.section("podtap", comment));
    out.writeBytes(
        PcapngWriter.description(new PcapngWriter.Interface("eth0", "", "", LinkType.ETHERNET, 0)));
    return out.toByteArray();
  }

  /** What a holder of another namespace's certificate may say of itself, and what becomes of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "podtap.tap-id=tap-1",
        "podtap.namespace=shop\npodtap.tap-id=tap-1",
        "podtap.namespace=shop\npodtap.namespace=other\npodtap.tap-id=tap-1",
        "podtap.namespace=other\npodtap.namespace=shop\npodtap.tap-id=tap-1",
        "podtap.namespace=other\npodtap.tap-id=tap-1\npodtap.tap-id=tap-2",
        "podtap.namespace=other \npodtap.tap-id=tap-1",
        "podtap.namespace=\npodtap.tap-id=tap-1",
        "Podtap.namespace=other\npodtap.tap-id=tap-1",
      })
  void whatIsNotProvedIsRefusedAndLeavesNoRow(String comment) throws Exception {
    try (SSLSocket tap = connect("other")) {
      tap.getOutputStream().write(section(comment));
      tap.getOutputStream().write(packets(5, nowNs()));
      await("refused", () -> ended(StreamEnd.UNWANTED) == 1);
    }
    stop();
    assertThat(sensor.snapshot().ingest().streams().frames()).isZero();
    assertThat(sensor.snapshot().ingest().taps()).isEmpty();
    assertThat(news).singleElement().asString().doesNotContain("\n");
  }

  @Test
  void aTapIsCalledByWhatItHasProved() throws Exception {
    try (SSLSocket tap = connect("shop");
        SSLSocket evil = connect("other")) {
      tap.getOutputStream().write(beginning("shop"));
      tap.getOutputStream().write(packets(1, nowNs()));
      evil.getOutputStream().write(section("podtap.namespace=other\npodtap.tap-id=tap-1"));
      evil.getOutputStream().write(packets(2, nowNs()));
      await("frames", () -> sensor.snapshot().ingest().streams().frames() == 3);
    }
    stop();
    assertThat(sensor.snapshot().ingest().taps())
        .extracting(tap -> tap.tap().name() + ' ' + tap.received())
        .containsExactlyInAnyOrder("shop/tap-1 1", "other/tap-1 2");
  }

  @Test
  void idsAreShortAndFew() throws Exception {
    try (SSLSocket tap = connect("shop")) {
      tap.getOutputStream()
          .write(section("podtap.namespace=shop\npodtap.tap-id=" + "Z".repeat(60_000)));
      await("refused", () -> ended(StreamEnd.UNWANTED) == 1);
    }
    try (SSLSocket tap = connect("shop")) {
      for (int i = 0; i < 9; i++) {
        tap.getOutputStream().write(section("podtap.namespace=shop\npodtap.tap-id=t" + i));
      }
      await("refused", () -> ended(StreamEnd.UNWANTED) == 2);
    }
    stop();
    assertThat(sensor.snapshot().ingest().taps()).hasSize(8);
  }

  /** The ledger has a tap from its first word on, however long its first frame takes. */
  @Test
  void aTapThatIsSilentAfterItsFirstWordStaysInTheLedger() throws Exception {
    try (SSLSocket tap = connect("shop")) {
      tap.getOutputStream().write(beginning("shop"));
      await("row", () -> sensor.snapshot().ingest().taps().size() == 1);
      long seenNs = sensor.snapshot().timeNs();
      await("some seconds", () -> sensor.snapshot().timeNs() - seenNs > 2_500_000_000L);
      tap.getOutputStream().write(packets(100, nowNs()));
      await("frames", () -> sensor.snapshot().ingest().streams().frames() == 100);
    }
    stop();
    assertThat(sensor.snapshot().ingest().forgottenTapsCount()).isZero();
    assertThat(sensor.snapshot().ingest().taps())
        .singleElement()
        .matches(tap -> tap.received() == 100);
    assertThat(lines("conn.log")).allMatch(line -> line.contains("\"tap.id\":\"shop/tap-1\""));
  }

  @Test
  void aReportThatClaimsANamespaceNotItsOwnIsNotBelieved() throws Exception {
    try (SSLSocket tap = connect("other")) {
      tap.getOutputStream().write(beginning("other"));
      tap.getOutputStream().write(report("start", 0, 0)); // of a tap in shop
      tap.getOutputStream().write(packets(2, nowNs()));
    }
    await("frames", () -> sensor.snapshot().ingest().streams().frames() == 2);
    stop();
    assertThat(sensor.snapshot().ingest().streams().badReports()).isEqualTo(1);
    assertThat(lines("tap.log")).noneMatch(line -> line.contains("\"tap.namespace\""));
  }

  @Test
  void aCaptureTimeFarFromNowIsNotBelieved() throws Exception {
    try (SSLSocket tap = connect("shop")) {
      tap.getOutputStream().write(beginning("shop"));
      tap.getOutputStream().write(packets(3, 1_000));
    }
    await("frames", () -> sensor.snapshot().ingest().streams().frames() == 3);
    stop();
    assertThat(sensor.snapshot().ingest().streams().implausibleTimes()).isEqualTo(3);
    assertThat(lines("conn.log")).singleElement().asString().doesNotContain("\"ts\":0.");
  }

  /**
   * Random bytes, handshakes that end in the middle, nothing at all, first bytes and then silence,
   * and friends whose blocks are beyond all bounds; an honest tap goes on beside them.
   */
  @Test
  void tenThousandHostileConnectionsNeitherStopNorBloatASensor() throws Exception {
    byte[] hello = clientHello();
    Random random = new Random(9);
    List<Socket> silent = new ArrayList<>();
    int sent = 0;
    try (SSLSocket tap = connect("shop")) {
      OutputStream out = tap.getOutputStream();
      out.write(beginning("shop"));
      out.write(report("start", 0, 0));
      await("the tap", () -> sensor.snapshot().ingest().streams().connections().opened() == 1);
      long before = usedBytes();
      for (int i = 0; i < HOSTILE; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        attack(socket, i, hello, random);
        if (i % 50 == 0 && silent.size() < 150) {
          silent.add(socket);
        } else {
          socket.close();
        }
        if (i % 100 == 99) {
          out.write(packets(10, nowNs()));
          sent += 10;
        }
        if (i % 1_000 == 999) {
          int all = sent;
          await("the tap's packets", () -> sensor.snapshot().ingest().streams().frames() == all);
        }
      }
      for (int i = 0; i < 20; i++) {
        sendOversizeBlock();
      }
      await("oversize blocks", () -> ended(StreamEnd.MALFORMED) == 20);
      assertThat(usedBytes() - before).isLessThan(MEMORY_BYTES_MAX);
      out.write(report("stop", 1, sent));
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    await("all ended", () -> sensor.snapshot().ingest().streams().connections().open() == 0);
    await(
        "all counted",
        () ->
            sensor.snapshot().ingest().streams().connections().ends().values().stream()
                    .mapToLong(Long::longValue)
                    .sum()
                == HOSTILE + 20 + 1);
    stop();
    assertThat(ended(StreamEnd.CLOSED)).isEqualTo(1);
    int all = sent;
    assertThat(sensor.snapshot().ingest().taps())
        .filteredOn(tap -> tap.tap().name().equals("shop/tap-1") && tap.received() > 0)
        .singleElement()
        .satisfies(tap -> {
          assertThat(tap.sentHere()).isEqualTo(all);
          assertThat(tap.received()).isEqualTo(all);
          assertThat(tap.lost() + tap.surplus() + tap.unreported()).isZero();
        });
  }

  private static void attack(Socket socket, int kind, byte[] hello, Random random)
      throws IOException {
    try {
      switch (kind % 4) {
        case 0 -> {
          byte[] bytes = new byte[1 + random.nextInt(2_000)];
          random.nextBytes(bytes);
          socket.getOutputStream().write(bytes);
        }
        case 1 -> socket.getOutputStream().write(hello);
        case 2 -> socket.getOutputStream().write(hello, 0, 1 + random.nextInt(hello.length - 1));
        default -> socket.setSoLinger(true, 0);
      }
    } catch (SocketException e) {
      assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|abort).*"); // refused already
    }
  }

  private void sendOversizeBlock() throws Exception {
    try (SSLSocket tap = connect("other")) {
      ByteBuffer block = ByteBuffer.allocate(4_096).order(ByteOrder.LITTLE_ENDIAN);
      block.putInt(6).putInt(0x7FFF_FFFC);
      tap.getOutputStream().write(beginning("other"));
      for (int i = 0; i < 1_000; i++) {
        tap.getOutputStream().write(block.array());
      }
    } catch (IOException e) {
      // the sensor has hung up
    }
  }

  private long ended(StreamEnd end) {
    return sensor.snapshot().ingest().streams().connections().ends().getOrDefault(end, 0L);
  }

  private static byte[] clientHello() throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine("sensor", 1);
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  /** Heap in use after a collection, and buffers outside it. */
  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return runtime.totalMemory() - runtime.freeMemory() + direct;
  }
}
