/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that mean no good, over real sockets, against a webhook in 64 MiB of heap; other reviews
 * are answered meanwhile, and the process is well afterwards.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AttackTest {

  private static final int ANSWER_MS_MAX = 15_000;
  private static final int MEBIBYTE = 1 << 20;

  @TempDir private static Path folder;
  private @Nullable Process process;
  private @Nullable SSLContext trust;
  private int port;

  @BeforeAll
  void start() throws Exception {
    trust = TestCertificates.trusting(TestCertificates.write(folder, Authority.KeyKind.EC, false));
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-Xmn24m",
                "-Xss512k",
                "-cp",
                System.getProperty("java.class.path"),
                AttackedWebhook.class.getName(),
                folder.toString())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    StringBuilder line = new StringBuilder();
    for (int next = process.getInputStream().read();
        next != '\n';
        next = process.getInputStream().read()) {
      assertThat(next).as(said()).isPositive();
      line.append((char) next);
    }
    port = Integer.parseInt(line.toString().strip());
  }

  private static String said() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @AfterAll
  void stop() throws Exception {
    process().getOutputStream().close();
    assertThat(process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process().exitValue()).as(said()).isZero();
    assertThat(said()).doesNotContain("Exception").doesNotContain("Error");
  }

  private Process process() {
    return java.util.Objects.requireNonNull(process);
  }

  private Socket plain() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(ANSWER_MS_MAX);
    return socket;
  }

  private Socket secure() throws IOException {
    Socket socket =
        java.util.Objects.requireNonNull(trust)
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(ANSWER_MS_MAX);
    return socket;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] head(long length) {
    return ascii(
        "POST /inject/enabled?timeout=2s HTTP/1.1\r\nHost: x\r\nContent-Length: "
            + length
            + "\r\n\r\n");
  }

  /**
   * Sends a usual review, again when it was late: on a loaded machine a client may be stopped for
   * longer than a request may take.
   */
  private void requireAnswer(String what) throws Exception {
    Eventually.await(() -> {
      try {
        String answer = post(usual());
        assertThat(answer).as(what).matches("(?s)(HTTP/1\\.1 408 .*|.*\"patch\":.*|)");
        return answer.contains("\"patch\":");
      } catch (IOException e) {
        return false;
      }
    });
  }

  /** Sends a review and returns the answer, whole. */
  private String post(byte[] body) throws IOException {
    try (Socket socket = secure()) {
      OutputStream out = socket.getOutputStream();
      out.write(head(body.length));
      out.write(body);
      out.flush();
      return answer(socket.getInputStream());
    }
  }

  static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    while (!isWhole(answer.toString(StandardCharsets.UTF_8))) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      answer.write(next);
      answer.write(in.readNBytes(in.available()));
    }
    return answer.toString(StandardCharsets.UTF_8);
  }

  private static boolean isWhole(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    String length = answer.substring(0, end).replaceAll("(?s).*Content-Length: ([0-9]+).*", "$1");
    return answer.getBytes(StandardCharsets.UTF_8).length - end - 4 >= Integer.parseInt(length);
  }

  static byte[] review(String spec) {
    return ("{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":"
            + "{\"uid\":\"4b3f\",\"resource\":{\"resource\":\"pods\"},\"namespace\":\"shop\","
            + "\"operation\":\"CREATE\",\"object\":{\"metadata\":{},\"spec\":{"
            + spec
            + "}}}}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] usual() {
    return review("\"containers\":[{\"name\":\"a\",\"image\":\"a\"}]");
  }

  private void requireWell() throws Exception {
    assertThat(process().isAlive()).as(said()).isTrue();
    try (Socket socket = secure()) {
      socket.getOutputStream().write(ascii("GET /live HTTP/1.1\r\nHost: x\r\n\r\n"));
      assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 200").endsWith("ok\n");
    }
    requireAnswer("afterwards");
  }

  /** Reviews one after another as long as something else goes on; each has to be answered. */
  private int reviewsWhile(Callable<?> attack) throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Integer> answered =
          thread.submit(() -> {
            int count = 0;
            while (!isOver.get()) {
              requireAnswer("meanwhile");
              count++;
            }
            return count;
          });
      try {
        attack.call();
      } finally {
        isOver.set(true);
      }
      return answered.get();
    }
  }

  private String postOrEnd(byte[] body) {
    try {
      return post(body);
    } catch (IOException e) {
      return ""; // it was too late
    }
  }

  private List<String> together(int count, byte[] body) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      List<String> answers = new ArrayList<>();
      Callable<String> one = () -> postOrEnd(body);
      for (Future<String> answer : threads.invokeAll(java.util.Collections.nCopies(count, one))) {
        answers.add(answer.get());
      }
      return answers;
    }
  }

  /** A body's name and what stands in the pod's spec. */
  record Huge(String name, String spec) {

    @Override
    public String toString() {
      return name;
    }
  }

  static String repeated(String before, String one, int bytes, String after) {
    String list = one.repeat(bytes / one.length());
    return before + list.substring(0, list.length() - 1) + after;
  }

  private static String distinct(String format, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : ",").append(format.replace("#", Integer.toString(i)));
    }
    return text.toString();
  }

  static Stream<Huge> hugeBodies() {
    int bytes = 29 * MEBIBYTE / 10;
    return Stream.of(
        new Huge(
            "variables",
            repeated(
                "\"containers\":[{\"name\":\"c\",\"env\":[", "{\"name\":\"A\"},", bytes, "]}]")),
        new Huge("empty maps", repeated("\"containers\":[", "{},", bytes, "]")),
        new Huge("empty lists", repeated("\"containers\":[", "[],", bytes, "]")),
        new Huge("numbers", repeated("\"containers\":[", "1,", bytes, "]")),
        new Huge("long numbers", repeated("\"containers\":[", "9".repeat(900) + ",", bytes, "]")),
        new Huge("nulls", repeated("\"containers\":[", "null,", bytes, "]")),
        new Huge("keys", "\"containers\":[{\"name\":\"c\"}]," + distinct("\"k#\":1", 220_000)),
        new Huge("containers", "\"containers\":[" + distinct("{\"name\":\"c#\"}", 150_000) + "]"),
        new Huge(
            "init containers",
            "\"containers\":[{\"name\":\"c\"}],\"initContainers\":["
                + distinct("{\"name\":\"c#\"}", 150_000)
                + "]"),
        new Huge("nested", "\"containers\":" + "[".repeat(150) + "]".repeat(150)),
        new Huge("nested too deep", "\"containers\":" + "[".repeat(bytes)),
        new Huge(
            "text", "\"containers\":[{\"name\":\"c\",\"args\":[\"" + "a".repeat(bytes) + "\"]}]"),
        new Huge(
            "wide text",
            "\"containers\":[{\"name\":\"c\",\"args\":[\"" + "\u20ac".repeat(bytes / 3) + "\"]}]"),
        new Huge(
            "escaped text",
            "\"containers\":[{\"name\":\"c\",\"args\":[\"" + "\\u0001".repeat(bytes / 6) + "\"]}]"),
        new Huge("longer than any", repeated("\"containers\":[", "{},", 12 * MEBIBYTE, "]")));
  }

  @ParameterizedTest
  @MethodSource("hugeBodies")
  void hugeBodiesCostNobodyElseHisAnswer(Huge huge) throws Exception {
    byte[] body = review(huge.spec());
    reviewsWhile(() -> {
      for (String answer : together(8, body)) {
        // a yes, or a refusal that is told
        assertThat(answer).matches("(?s)(HTTP/1\\.1 (200|400|408|413|503) .*|)");
        if (answer.startsWith("HTTP/1.1 200")) {
          assertThat(answer).contains("\"uid\":\"4b3f\"").contains("\"allowed\":true");
        }
      }
      return null;
    });
    requireWell();
  }

  @Test
  void slowBodiesCostNobodyElseHisAnswer() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        Socket socket = secure();
        socket.getOutputStream().write(head(MEBIBYTE));
        socket.getOutputStream().write('{');
        slow.add(socket);
      }
      int answered =
          reviewsWhile(() -> {
            Eventually.await(() -> drip(slow) == 0);
            return null;
          });
      assertThat(answered).isPositive();
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
    requireWell();
  }

  /** Sends one byte more on each connection, and returns how many of them stand. */
  static int drip(List<Socket> sockets) {
    sockets.removeIf(socket -> {
      try {
        socket.setSoTimeout(1);
        socket.getOutputStream().write(' ');
        int _ = socket.getInputStream().read();
        return true; // it was answered or ended
      } catch (java.net.SocketTimeoutException e) {
        return false;
      } catch (IOException e) {
        return true;
      }
    });
    return sockets.size();
  }

  @Test
  void idleConnectionsMakeRoom() throws Exception {
    for (String kind : List.of("tcp", "half a handshake")) {
      List<Socket> idle = new ArrayList<>();
      try (Socket kept = secure()) {
        kept.getOutputStream().write(head(usual().length));
        kept.getOutputStream().write(usual());
        assertThat(answer(kept.getInputStream())).contains("\"patch\":");
        for (int i = 0; i < 700; i++) {
          Socket socket = plain();
          idle.add(socket);
          if (!kind.equals("tcp")) {
            begin(socket);
          }
        }
        for (int i = 0; i < 5; i++) {
          requireAnswer(kind);
        }
        kept.getOutputStream().write(head(usual().length));
        kept.getOutputStream().write(usual());
        assertThat(answer(kept.getInputStream())).as(kind).contains("\"patch\":");
      } finally {
        for (Socket socket : idle) {
          socket.close();
        }
      }
    }
    requireWell();
  }

  /** Sends what a handshake begins with; the connection may have made room by then. */
  static void begin(Socket socket) {
    try {
      socket.getOutputStream().write(new byte[] {0x16, 0x03});
    } catch (IOException e) {
      assertThat(e).hasMessageMatching("(?s)(Broken pipe|Connection reset).*");
    }
  }

  static Stream<String> oddRequests() {
    return Stream.of(
        "POST /inject HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "POST /inject HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /inject HTTP/1.1\r\nContent-Length: 99999999999999999\r\n\r\n",
        "POST /inject HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /inject HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST /inject HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "POST /inject HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "POST /inject HTTP/1.1\r\n" + "a: b\r\n".repeat(200) + "\r\n",
        "POST /inject HTTP/1.1\r\na: " + "b".repeat(20_000) + "\r\n\r\n",
        "POST " + "/a".repeat(20_000) + " HTTP/1.1\r\n\r\n",
        "POST /inject HTTP/1.1\r\nno colon\r\n\r\n",
        "POST /inject HTTP/2.0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\n",
        "garbage\r\n\r\n",
        "GET http://x/ready HTTP/1.1\r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("oddRequests")
  void oddRequestsAreRefused(String request) throws Exception {
    try (Socket socket = secure()) {
      socket.getOutputStream().write(ascii(request));
      socket.getOutputStream().flush();
      assertThat(answer(socket.getInputStream())).matches("(?s)HTTP/1\\.1 4[0-9][0-9] .*");
    }
  }

  @Test
  void chunksAreTaken() throws Exception {
    byte[] body = usual();
    try (Socket socket = secure()) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ascii(
              String.join(
                  "\r\n",
                  "POST /inject/enabled HTTP/1.1",
                  "Expect: 100-continue",
                  "Transfer-Encoding: chunked",
                  "",
                  "")));
      for (int i = 0; i < body.length; i += 50) {
        int count = Math.min(50, body.length - i);
        out.write(ascii(Integer.toHexString(count) + ";a=b\r\n"));
        out.write(body, i, count);
        out.write(ascii("\r\n"));
      }
      out.write(ascii("0\r\nTrailer: x\r\n\r\n"));
      String first = new String(socket.getInputStream().readNBytes(25), StandardCharsets.US_ASCII);
      assertThat(first).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(answer(socket.getInputStream())).contains("\"patch\":");
    }
  }

  @Test
  void numbersOutOfRangeAreRefused() throws Exception {
    for (String number : List.of("1e99999999999", "1e-99999999999", "9".repeat(2_000))) {
      assertThat(post(review("\"containers\":[" + number + "]"))).startsWith("HTTP/1.1 400");
    }
    assertThat(post(review("\"containers\":[{\"name\":\"c\",\"x\":1e999999999}]")))
        .startsWith("HTTP/1.1 200");
  }
}
