/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real API server creates pods while the webhook that it asks has 16 slow bodies, 512 idle
 * connections and 8 reviews of 2.9 MB at a time, of the same address. The webhook's process has the
 * flags of its image; the configuration fails closed, so that a review without an answer is a pod
 * that is refused.
 */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class AttackedApiServerIT {

  private static final Path DEPLOY = Path.of("../deploy/podtap.yaml");
  private static final Path FLAGS = Path.of("../cli/src/main/image/webhook.options");

  /** The chart's limit is 256 MiB. */
  private static final long RSS_KIB_MAX = 256 << 10;

  private static final int PODS = 30;
  private static final int SLOW = 16;
  private static final int IDLE = 512;
  private static final int LARGE = 8;
  private static final int LARGE_BYTES = 2_900_000;
  private static final long PAUSE_NS = 500_000_000;

  /** A loaded machine is not what is tested; 2 is the chart's. */
  private static final long TIMEOUT_SECONDS = Long.getLong("attack.timeoutSeconds", 10);

  @TempDir private static Path folder;

  private Certificate authority;
  private RealApiServer api;
  private Process process;
  private SSLContext trust;
  private int port;

  @BeforeEach
  void start() throws Exception {
    authority = TestCertificates.write(folder, Authority.KeyKind.EC, false);
    trust = TestCertificates.trusting(authority);
    process = webhook();
    api =
        new RealApiServer(
            Path.of(System.getenv("KUBEBUILDER_ASSETS")),
            Files.createDirectory(folder.resolve("server")));
  }

  @AfterEach
  void stop() throws Exception {
    try (RealApiServer _ = api) {
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void everyPodIsReviewedMeanwhile() throws Exception {
    configure(authority);
    Eventually.await(() -> isTapped(create()));
    attack();
    process.getOutputStream().close(); // it writes its metrics, and ends
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(folder.resolve("errors")))
        .doesNotContain("Exception", "decision=\"error\"")
        .contains("{fate=\"failed\"} 0", "podtap_thread_restarts_total 0");
  }

  private Process webhook() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String line : Files.readAllLines(FLAGS)) {
      if (line.startsWith("-")) {
        command.addAll(List.of(line.strip().split(" +", -1)));
      }
    }
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            AttackedWebhook.class.getName(),
            folder.toString()));
    Process started =
        new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
    StringBuilder line = new StringBuilder();
    for (int next = started.getInputStream().read();
        next != '\n';
        next = started.getInputStream().read()) {
      assertThat(next).as(Files.readString(folder.resolve("errors"))).isPositive();
      line.append((char) next);
    }
    port = Integer.parseInt(line.toString().strip());
    return started;
  }

  private void configure(Certificate authority) throws Exception {
    ClusterObjects.createWebhook(
        api,
        DEPLOY,
        port,
        authority,
        Map.of("timeoutSeconds", TIMEOUT_SECONDS, "failurePolicy", "Fail"));
    api.create(
        "/api/v1/namespaces",
        "{\"metadata\": {\"name\": \"shop\", \"labels\": {\"podtap.io/inject\": \"enabled\"}}}");
  }

  private HttpResponse<String> create() throws Exception {
    return api.ask(
        "POST",
        "/api/v1/namespaces/shop/pods?dryRun=All",
        "{\"metadata\": {\"generateName\": \"a-\"}, \"spec\": {\"containers\": [{\"name\": \"a\","
            + " \"image\": \"a:1\"}]}}");
  }

  private static boolean isTapped(HttpResponse<String> answer) {
    return answer.statusCode() == 201 && answer.body().contains("\"image\":\"podtap:1\"");
  }

  private Socket socket(boolean isSecure) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    Socket socket =
        isSecure ? trust.getSocketFactory().createSocket(here, port) : new Socket(here, port);
    socket.setSoTimeout(15_000);
    return socket;
  }

  private void attack() throws Exception {
    byte[] large =
        AttackTest.review(
            AttackTest.repeated(
                "\"containers\":[{\"name\":\"c\",\"env\":[",
                "{\"name\":\"A\",\"value\":\"some text or other\"},",
                LARGE_BYTES,
                "]}]"));
    AtomicBoolean isOver = new AtomicBoolean();
    List<Socket> idle = new ArrayList<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Integer>> attackers = new ArrayList<>();
      for (int i = 0; i < LARGE; i++) {
        attackers.add(threads.submit(() -> sendWhile(isOver, large)));
      }
      attackers.add(threads.submit(() -> dripWhile(isOver)));
      try {
        for (int i = 0; i < IDLE; i++) {
          Socket socket = socket(false);
          idle.add(socket);
          if (i % 2 == 0) {
            AttackTest.begin(socket);
          }
        }
        createPods();
      } finally {
        isOver.set(true);
      }
      int done = 0;
      for (Future<Integer> attacker : attackers) {
        done += attacker.get();
      }
      assertThat(done).as("attacks").isGreaterThan(LARGE);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  private void createPods() throws Exception {
    List<String> bad = new ArrayList<>();
    long slowestNs = 0;
    for (int i = 0; i < PODS; i++) {
      long beginNs = System.nanoTime();
      HttpResponse<String> answer = create();
      slowestNs = Math.max(slowestNs, System.nanoTime() - beginNs);
      if (!isTapped(answer)) {
        bad.add(answer.statusCode() + " " + answer.body());
      }
    }
    String live = live();
    long rssKib = rssKib();
    System.out.printf(
        "webhook under attack: %d pods created, the slowest in %d ms; RSS %d MiB at most, /live %s%n",
        PODS, slowestNs / 1_000_000, rssKib >> 10, live.lines().findFirst().orElse(""));
    assertThat(bad).as("pods without an answer of the webhook").isEmpty();
    assertThat(live).startsWith("HTTP/1.1 200").endsWith("ok\n");
    assertThat(rssKib).isLessThan(RSS_KIB_MAX);
  }

  private String live() throws IOException {
    try (Socket socket = socket(true)) {
      socket
          .getOutputStream()
          .write("GET /live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return AttackTest.answer(socket.getInputStream());
    }
  }

  /** Returns the most that the process had. */
  private long rssKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmHWM");
  }

  private int sendWhile(AtomicBoolean isOver, byte[] body) {
    int sent = 0;
    while (!isOver.get()) {
      try (Socket socket = socket(true)) {
        socket.getOutputStream().write(AttackTest.head(body.length));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        String _ = AttackTest.answer(socket.getInputStream());
      } catch (IOException e) {
        // it was sent away
      }
      sent++;
      LockSupport.parkNanos(PAUSE_NS); // the clients are to leave the webhook some CPU
    }
    return sent;
  }

  private int dripWhile(AtomicBoolean isOver) {
    List<Socket> slow = new ArrayList<>();
    int begun = 0;
    try {
      while (!isOver.get()) {
        while (slow.size() < SLOW) {
          try {
            Socket socket = socket(true);
            socket.getOutputStream().write(AttackTest.head(1 << 20));
            slow.add(socket);
            begun++;
          } catch (IOException e) {
            break; // no place now
          }
        }
        int _ = AttackTest.drip(slow);
        LockSupport.parkNanos(PAUSE_NS / 10);
      }
    } finally {
      for (Socket socket : slow) {
        close(socket);
      }
    }
    return begun;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is gone
    }
  }
}
