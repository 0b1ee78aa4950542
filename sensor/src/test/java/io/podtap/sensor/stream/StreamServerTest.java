/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.packet.Frame;
import io.podtap.core.trust.Trust;
import io.podtap.core.trust.TrustFiles;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Authority.Request;
import io.podtap.core.trust.authority.Authority.Usage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over loopback; the consumer's thread is the test's. */
final class StreamServerTest {

  private static final int DAYS = 2;
  private static final int FRAME_BYTES = 1_000;
  private static final StreamLimits LIMITS =
      new StreamLimits(20, 256, Duration.ofSeconds(8), Duration.ofSeconds(8), 4);

  @TempDir private static Path folder;
  private static TestClients clients;

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Heard heard = new Heard();
  private StreamServer server;

  /** What the consumer heard. */
  private static final class Heard implements StreamConsumer {
    final List<String> news = new ArrayList<>();
    final List<StreamEnd> ends = new ArrayList<>();
    String refuse = "\0";
    long frames;

    @Override
    public void onOpen(StreamPeer sender) {
      news.add("open " + sender.names());
    }

    @Override
    public String onSection(StreamPeer sender, String comment) {
      news.add("section " + comment);
      return comment.equals(refuse) ? "not this one" : "";
    }

    @Override
    public void onStatistics(StreamPeer sender, String comment) {
      news.add("statistics " + comment);
    }

    @Override
    public void onFrame(StreamPeer sender, Frame frame) {
      assertThat(frame.length()).isEqualTo(FRAME_BYTES);
      frames++;
    }

    @Override
    public void onBatchEnd() {}

    @Override
    public void onClose(StreamPeer sender, StreamEnd end, String problem) {
      ends.add(end);
      news.add("close " + problem);
    }
  }

  @BeforeAll
  static void makeCertificates() throws Exception {
    Authority authority = Authority.make("tunnel", DAYS);
    write(authority, "sensor", new Request("sensor", List.of("dns:sensor"), Usage.SERVER, DAYS));
    write(authority, "tap", new Request("tap", List.of("dns:tap"), Usage.CLIENT, DAYS));
    clients = new TestClients(folder.resolve("tap"));
  }

  private static void write(Authority authority, String name, Request request) throws IOException {
    Path target = Files.createDirectory(folder.resolve(name));
    Authority.Issued issued = authority.issue(request);
    Files.writeString(target.resolve("tls.crt"), issued.chain());
    Files.writeString(target.resolve("tls.key"), issued.key());
    Files.writeString(target.resolve("ca.crt"), authority.certificate());
  }

  private static Trust trust(String name, String... peers) {
    Path from = folder.resolve(name);
    return Trust.load(
        TrustFiles.of(from.resolve("tls.crt"), from.resolve("tls.key"), from.resolve("ca.crt")),
        List.of(peers));
  }

  @BeforeEach
  void start() {
    server =
        StreamServer.start(
            trust("sensor", "tap"), LIMITS, Endpoint.parse("127.0.0.1:0", 0), log::add);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s %s %s", what, heard.news, log).isLessThan(deadline);
      if (server.poll(heard) == 0) {
        Thread.sleep(2);
      }
    }
  }

  private long ended(StreamEnd end) {
    return server.counters().ends().getOrDefault(end, 0L);
  }

  private SSLSocket connect() throws Exception {
    return clients.connect(server.port());
  }

  private Socket stranger() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.port());
  }

  private static byte[] section(String comment) {
    byte[] text = comment.getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 3) & ~3;
    ByteBuffer out = ByteBuffer.allocate(36 + padded + 20).order(ByteOrder.nativeOrder());
    out.putInt(0x0A0D_0D0A).putInt(36 + padded).putInt(0x1A2B_3C4D).putInt(1).putLong(-1);
    out.putShort((short) 1).putShort((short) text.length).put(text);
    out.position(28 + padded).putInt(0).putInt(36 + padded);
    out.putInt(1).putInt(20).putInt(1).putInt(0).putInt(20);
    return out.array();
  }

  private static byte[] packet() {
    ByteBuffer out = ByteBuffer.allocate(FRAME_BYTES + 32).order(ByteOrder.nativeOrder());
    out.putInt(6).putInt(FRAME_BYTES + 32).putInt(0).putLong(0);
    out.putInt(FRAME_BYTES).putInt(FRAME_BYTES);
    out.position(FRAME_BYTES + 28).putInt(FRAME_BYTES + 32);
    return out.array();
  }

  @Test
  void everyFrameOfEveryStreamArrives() throws Exception {
    int streams = 3;
    int frames = 5_000;
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      SSLSocket socket = connect();
      senders.add(
          Thread.startVirtualThread(() -> {
            try (socket;
                OutputStream out = socket.getOutputStream()) {
              out.write(section("pod=web"));
              byte[] packet = packet();
              for (int j = 0; j < frames; j++) {
                out.write(packet);
              }
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }));
    }
    await("all ends", () -> heard.ends.size() == streams);
    for (Thread sender : senders) {
      sender.join();
    }
    assertThat(heard.frames).isEqualTo((long) streams * frames);
    assertThat(heard.ends).containsOnly(StreamEnd.CLOSED);
    assertThat(heard.news).contains("open tap", "section pod=web", "close ");
    assertThat(log).isEmpty();
  }

  @Test
  void aConsumerThatIsSlowCostsNothingButTime() throws Exception {
    int frames = 20_000; // twenty megabytes through half a megabyte of buffers
    Thread sender =
        Thread.startVirtualThread(() -> {
          try (SSLSocket socket = connect();
              OutputStream out = socket.getOutputStream()) {
            out.write(section("pod=web"));
            byte[] packet = packet();
            for (int i = 0; i < frames; i++) {
              out.write(packet);
            }
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    await("open", () -> !heard.news.isEmpty());
    Thread.sleep(500);
    assertThat(server.counters().starved()).isPositive();
    await("end", () -> heard.ends.size() == 1);
    sender.join();
    assertThat(heard.frames).isEqualTo(frames);
    assertThat(heard.ends).containsExactly(StreamEnd.CLOSED);
  }

  @Test
  void aSenderThatVanishesInsideABlockIsBroken() throws Exception {
    try (SSLSocket socket = connect()) {
      socket.getOutputStream().write(section("pod=web"));
      socket.getOutputStream().write(packet(), 0, 500);
    }
    await("end", () -> heard.ends.size() == 1);
    assertThat(heard.ends).containsExactly(StreamEnd.BROKEN);
    assertThat(heard.frames).isZero();
  }

  @Test
  void aSenderThatIsNotWantedIsTurnedAwayAndTheOthersGoOn() throws Exception {
    heard.refuse = "pod=other";
    try (SSLSocket good = connect();
        SSLSocket other = connect()) {
      good.getOutputStream().write(section("pod=web"));
      other.getOutputStream().write(section("pod=other"));
      other.getOutputStream().write(packet());
      await("rejected", () -> heard.ends.contains(StreamEnd.UNWANTED));
      assertThat(heard.news).contains("close not this one");
      good.getOutputStream().write(packet());
      await("the other one", () -> heard.frames == 1);
      assertThat(other.getInputStream().read()).isNegative();
    }
  }

  @Test
  void whatIsNoPcapngIsMalformed() throws Exception {
    try (SSLSocket socket = connect()) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      await("end", () -> heard.ends.size() == 1);
    }
    assertThat(heard.ends).containsExactly(StreamEnd.MALFORMED);
  }

  @Test
  void silenceEndsAStreamAndAHandshake() throws Exception {
    try (SSLSocket silent = connect();
        Socket waiting = stranger()) {
      silent.startHandshake();
      await("both", () -> ended(StreamEnd.SILENT) + ended(StreamEnd.HANDSHAKE_TIMEOUT) == 2);
      waiting.setSoTimeout(30_000);
      assertThat(waiting.getInputStream().readAllBytes()).hasSizeLessThan(100); // an alert
    }
    assertThat(heard.ends).containsExactly(StreamEnd.SILENT);
  }

  @Test
  void strangersAreCountedAndCostNobodyElseAnything() throws Exception {
    Random random = new Random(1);
    try (SSLSocket good = connect()) {
      good.getOutputStream().write(section("pod=web"));
      for (int i = 0; i < 200; i++) {
        byte[] noise = new byte[1 + random.nextInt(2_000)];
        random.nextBytes(noise);
        try (Socket stranger = stranger()) {
          stranger.getOutputStream().write(noise);
        } catch (IOException e) {
          // turned away while it spoke
        }
        good.getOutputStream().write(packet());
      }
      await("frames", () -> heard.frames == 200);
    }
    await("end", () -> heard.ends.size() == 1);
    await("strangers", () -> strangersEnded() == 200);
    assertThat(log.size()).isLessThanOrEqualTo(StreamEnd.values().length);
  }

  private long strangersEnded() {
    return ended(StreamEnd.NOT_TRUSTED) + ended(StreamEnd.BROKEN) + ended(StreamEnd.REFUSED);
  }

  /** However many say nothing, who proves what it is finds a place. */
  @Test
  void aTapConnectsBesideIdleConnectionsWithoutEnd() throws Exception {
    List<Socket> many = new ArrayList<>();
    try {
      for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 150; i++) {
          many.add(stranger());
        }
        try (SSLSocket good = connect()) {
          good.getOutputStream().write(section("round=" + round));
          String section = "section round=" + round;
          await("round " + round, () -> heard.news.contains(section));
        }
      }
      assertThat(ended(StreamEnd.REFUSED)).isGreaterThan(1_000);
      assertThat(server.counters().opened()).isEqualTo(10);
      assertThat(log.stream().filter(line -> line.contains("handshakes at once"))).hasSize(1);
    } finally {
      for (Socket one : many) {
        one.close();
      }
    }
  }

  /** A first message that was recorded costs a handshake's half each time it is sent again. */
  @Test
  void recordedHellosNeitherStopStreamsNorKeepATapOut() throws Exception {
    byte[] hello = hello();
    try (SSLSocket good = connect()) {
      good.getOutputStream().write(section("pod=web"));
      await("open", () -> !heard.news.isEmpty());
      AtomicBoolean isOver = new AtomicBoolean();
      Thread flood = Thread.ofPlatform().daemon().start(() -> flood(hello, isOver));
      try {
        for (int i = 1; i <= 20; i++) {
          good.getOutputStream().write(packet());
          int sent = i;
          await("frame " + i, () -> heard.frames == sent);
          if (i % 5 == 0) {
            try (SSLSocket another = connect()) {
              another.getOutputStream().write(section("another=" + i));
              await("another " + i, () -> heard.news.contains("section another=" + sent));
            }
          }
        }
      } finally {
        isOver.set(true);
        flood.join();
      }
    }
    assertThat(server.counters().opened()).isEqualTo(5);
  }

  /** Some hundred a second; some are held, most are let go at once. */
  private void flood(byte[] hello, AtomicBoolean isOver) {
    ArrayDeque<Socket> held = new ArrayDeque<>();
    while (!isOver.get()) {
      try {
        Socket stranger = stranger();
        held.add(stranger);
        stranger.getOutputStream().write(hello);
        LockSupport.parkNanos(5_000_000);
        if (held.size() > 5) {
          held.remove().close();
        }
      } catch (IOException e) {
        // turned away while it spoke: another one follows
      }
    }
  }

  private static byte[] hello() throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    engine.beginHandshake();
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    return Arrays.copyOf(out.array(), out.position());
  }

  @Test
  void provenConnectionsAreBoundedAndOneAddressHasHalfOfThem() throws Exception {
    List<SSLSocket> many = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        SSLSocket socket = connect();
        many.add(socket);
        try {
          socket.getOutputStream().write(section("i=" + i));
        } catch (IOException e) {
          assertThat(i).isGreaterThanOrEqualTo(10);
        }
      }
      await("refused", () -> ended(StreamEnd.REFUSED) == 2 && server.counters().open() == 10);
      many.getFirst().close();
      await("room", () -> heard.ends.size() == 1);
      many.add(connect());
      many.getLast().getOutputStream().write(section("late"));
      await("late", () -> heard.news.contains("section late"));
    } finally {
      for (SSLSocket one : many) {
        one.close();
      }
    }
  }

  /** A peer may renew its keys, seldom; one that does nothing else is ended, and costs little. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFloodOfKeyUpdatesIsEnded(boolean reads) throws Exception {
    KeyUpdates flood = new KeyUpdates(clients.context(), server.port());
    try (SSLSocket good = connect()) {
      good.getOutputStream().write(section("pod=web"));
      await("open", () -> heard.news.contains("section pod=web"));
      Thread thread = Thread.ofPlatform().daemon().start(() -> flood.run(200_000, reads));
      await("the flood's end", () -> heard.ends.contains(StreamEnd.MALFORMED));
      thread.join(30_000);
      assertThat(thread.isAlive()).isFalse();
      good.getOutputStream().write(packet());
      await("the other one", () -> heard.frames == 1);
      assertThat(heard.news)
          .anyMatch(news -> news.contains("key updates") || news.contains("read"));
    }
  }

  @Test
  void someKeyUpdatesAreNothingUnusual() throws Exception {
    KeyUpdates few = new KeyUpdates(clients.context(), server.port());
    few.run(30, true);
    await("open", () -> server.counters().open() == 1);
    assertThat(heard.ends).isEmpty();
    few.close();
  }

  @Test
  void aClientWithoutACertificateIsNotTrusted() throws Exception {
    try (SSLSocket socket = clients.connectWithoutCertificate(server.port())) {
      socket.getOutputStream().write(section("pod=web"));
    } catch (IOException e) {
      // told during the handshake, or afterwards as TLS 1.3 allows
    }
    await("end", () -> ended(StreamEnd.NOT_TRUSTED) == 1);
    assertThat(log).singleElement().asString().contains("unknown sender");
    assertThat(heard.news).isEmpty();
  }

  @Test
  void whatHasComeIsHandedOnAfterTheEnd() throws Exception {
    try (SSLSocket socket = connect()) {
      socket.getOutputStream().write(section("pod=web"));
      await("open", () -> heard.news.contains("section pod=web"));
      for (int i = 0; i < 100; i++) {
        socket.getOutputStream().write(packet());
      }
      Thread.sleep(200);
      server.stop();
      await("end", server::isEnded);
    }
    assertThat(heard.frames).isEqualTo(100);
    assertThat(heard.ends).containsExactly(StreamEnd.STOPPED);
  }
}
