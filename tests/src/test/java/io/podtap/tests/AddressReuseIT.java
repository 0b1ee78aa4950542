/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.podtap.core.testing.RealApiServer;
import io.podtap.core.testing.RequiresRoot;
import io.podtap.core.testing.StallingProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Addresses go from pod to pod while packets flow, and no record names the pod of another time.
 *
 * <p>A real API server has the pods; network namespaces have their addresses, and a client calls
 * them all the time. Each answer says whose it is, so every record can be compared with it. The
 * nodes' clocks, by which pods began, are up to two seconds off, and so are those of the captures
 * that are read afterwards.
 */
@RequiresRoot
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
class AddressReuseIT {

  private static final String PODS = "/api/v1/namespaces/shop/pods";
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
  private static final int PORT = 80;
  private static final int FIRST_PORT = 10_000;
  private static final String SUBNET = "10.80.1.";
  private static final int ADDRESSES = 250;

  /** The first stay is no reuse: 1,000 reuses, and some minutes of a machine's time at most. */
  private static final int STAYS = Integer.getInteger("podtap.stays", 5);

  /** Addresses that change at once, every {@link #CHANGE_MS}; then the others do. */
  private static final int BATCH = 25;

  private static final int CHANGE_MS = 1_200;
  private static final int CALL_EVERY_MS = 3_000;
  private static final int CONNECT_MS = 500;
  private static final long SEED = 22;

  private static final int PCAP_HEADER_BYTES = 24;
  private static final int RECORD_HEADER_BYTES = 16;

  @TempDir private Path folder;

  private PodNetwork network;
  private PodNetwork.Host other;
  private RealApiServer api;

  /** Who has an address, by host and address. */
  private final Map<String, String> holders = new ConcurrentHashMap<>();

  /** Who has answered, by address and the caller's port. */
  private final Map<String, String> answers = new ConcurrentHashMap<>();

  private final AtomicInteger ports = new AtomicInteger(FIRST_PORT);
  private final Random random = new Random(SEED);
  private volatile boolean isOver;

  @BeforeEach
  void begin() throws Exception {
    network = PodNetwork.create();
    other = network.addSensor();
    api = new RealApiServer(Path.of(System.getenv("KUBEBUILDER_ASSETS")), folder);
    Files.copy(api.certificates(), folder.resolve("ca.crt"));
    Files.writeString(folder.resolve("token"), RealApiServer.TOKEN);
    Files.writeString(folder.resolve("namespace"), "shop");
    api.create("/api/v1/namespaces", "{\"metadata\":{\"name\":\"shop\"}}");
    api.create(
        RBAC + "clusterroles",
        "{\"metadata\":{\"name\":\"sensor\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":["
            + "\"pods\",\"services\",\"nodes\"],\"verbs\":[\"list\",\"watch\"]}]}");
    api.create(
        RBAC + "clusterrolebindings",
        "{\"metadata\":{\"name\":\"sensor\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\","
            + "\"kind\":\"ClusterRole\",\"name\":\"sensor\"},\"subjects\":[{\"kind\":\"ServiceAccount\","
            + "\"name\":\"default\",\"namespace\":\"shop\"}]}");
  }

  @AfterEach
  void end() {
    isOver = true;
    api.close();
    network.close();
  }

  private void pod(String name, String address) throws Exception {
    api.create(
        PODS,
        "{\"metadata\":{\"name\":\""
            + name
            + "\",\"labels\":{\"pod-template-hash\":\"5d8f\"},\"ownerReferences\":[{\"apiVersion\":"
            + "\"apps/v1\",\"kind\":\"ReplicaSet\",\"name\":\"cart-5d8f\",\"uid\":\"1\",\"controller\":"
            + "true}]},\"spec\":{\"nodeName\":\"n1\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
    Instant started = Instant.now().plusSeconds(random.nextInt(5) - 2);
    api.patch(
        PODS + '/' + name + "/status",
        "{\"status\":{\"phase\":\"Running\",\"startTime\":\""
            + started.truncatedTo(ChronoUnit.SECONDS)
            + "\",\"podIP\":\""
            + address
            + "\",\"podIPs\":[{\"ip\":\""
            + address
            + "\"}]}}");
  }

  /** Answers each call with the name of the pod that has the address now. */
  private void serve(PodNetwork.Host host) {
    ServerSocket server = host.namespace().call(() -> new ServerSocket(PORT));
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (!isOver) {
            try (Socket call = server.accept()) {
              call.setSoTimeout(CONNECT_MS);
              String name =
                  holders.getOrDefault(
                      host.ipv4() + ' ' + call.getLocalAddress().getHostAddress(), "");
              call.getInputStream().readNBytes(4);
              call.getOutputStream()
                  .write(
                      ("HTTP/1.0 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name)
                          .getBytes(StandardCharsets.US_ASCII));
              call.shutdownOutput();
              call.getInputStream().readAllBytes();
            } catch (IOException e) {
              // nobody has the address any more
            }
          }
        });
  }

  /** Calls an address again and again, and remembers who has answered. */
  private void call(String address) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (!isOver) {
            try (SocketChannel channel =
                network.client().namespace().call(() -> SocketChannel.open())) {
              Socket socket = channel.socket();
              int port = ports.getAndIncrement(); // the kernel would give one twice
              socket.bind(new InetSocketAddress(port));
              socket.setSoTimeout(CONNECT_MS);
              socket.connect(
                  new InetSocketAddress(InetAddress.ofLiteral(address), PORT), CONNECT_MS);
              socket
                  .getOutputStream()
                  .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              String answer =
                  new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
              answers.put(address + ' ' + port, answer.substring(answer.indexOf("\r\n\r\n") + 4));
            } catch (IOException | IndexOutOfBoundsException e) {
              // while nobody has the address
            } finally {
              Program.pause(CALL_EVERY_MS);
            }
          }
        });
  }

  /** Gives addresses to new pods on the other host. */
  private void change(List<String> addresses, int stay, Path journal) throws Exception {
    PodNetwork.Host from = stay % 2 == 0 ? other : network.pod();
    PodNetwork.Host to = stay % 2 == 0 ? network.pod() : other;
    Set<String> gone = new HashSet<>();
    for (String address : addresses) {
      String before = holders.get(from.ipv4() + ' ' + address);
      if (before != null) {
        from.namespace().run("ip", "address", "del", address + "/32", "dev", "eth0");
        api.delete(PODS + '/' + before);
        gone.add(before);
      }
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          for (Logs.Row row : Logs.json(journal)) {
            if (row.text("action").equals("end")) {
              gone.remove(row.text("pod"));
            }
          }
          return gone.isEmpty();
        });
    for (String address : addresses) {
      holders.put(to.ipv4() + ' ' + address, name(address, stay));
      to.namespace().run("ip", "address", "add", address + "/32", "dev", "eth0");
    }
    network.client().namespace().run("ip", "neighbour", "flush", "all");
    Program.pause(random.nextInt(CHANGE_MS / 2)); // packets flow before the API knows
    for (String address : addresses) {
      pod(name(address, stay), address);
    }
    Program.pause(CHANGE_MS / 2);
  }

  private static String name(String address, int stay) {
    return "cart-" + address.substring(SUBNET.length()) + '-' + stay;
  }

  @Test
  void noRecordNamesThePodOfAnotherTime() throws Exception {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < ADDRESSES; i++) {
      addresses.add(SUBNET + (1 + i));
    }
    network.client().namespace().run("ip", "route", "add", SUBNET + "0/24", "dev", "eth0");
    serve(network.pod());
    serve(other);
    Path logs = folder.resolve("logs");
    Path journal = logs.resolve("identity.log");
    CaptureFile capture;
    try (StallingProxy path =
            new StallingProxy(
                network.sensor().namespace().call(StallingProxy::listen), api.port());
        WireCapture wire =
            WireCapture.start(network.client(), folder, "eth0", "tcp port " + PORT)) {
      Program sensor = sensor(path.port(), logs);
      Program tap = tap();
      pod("caller", network.client().ipv4());
      addresses.forEach(this::call);
      for (int stay = 0; stay < STAYS; stay++) {
        if (stay == STAYS / 2) {
          path.cut(); // the watches begin again
        }
        for (int from = 0; from < ADDRESSES; from += BATCH) {
          change(addresses.subList(from, from + BATCH), stay, journal);
        }
      }
      Program.pause(5_000);
      isOver = true;
      assertThat(tap.stop()).as(tap.errorOutput()).isZero();
      assertThat(sensor.stop()).as(sensor.errorOutput()).isZero();
      capture = wire.stop();
    }
    assertThat(capture).isNotNull();
    assertThat(answers).hasSizeGreaterThan(ADDRESSES * STAYS);
    judge("conn.log, live", Logs.json(logs.resolve("conn.log")), true);
    judge("http.log, live", Logs.json(logs.resolve("http.log")), true);
    for (int seconds : new int[] {-2, 2}) {
      Path shifted = shifted(folder.resolve("eth0.pcap"), seconds);
      Path read = folder.resolve("read" + seconds);
      Program reading =
          Program.start(
              List.of(),
              Map.of(),
              folder,
              "read" + seconds,
              "read",
              "--ignore-checksums",
              "--pcap",
              shifted.toString(),
              "--logs",
              read.toString(),
              "--identities",
              journal.toString());
      assertThat(reading.await()).as(reading.errorOutput()).isZero();
      judge("conn.log, " + seconds + " s off", Logs.json(read.resolve("conn.log")), false);
    }
  }

  private Program sensor(int apiPort, Path logs) {
    return Program.start(
            List.of("ip", "netns", "exec", network.sensor().namespace().name()),
            Map.of(
                "KUBERNETES_SERVICE_HOST",
                "127.0.0.1",
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(apiPort)),
            folder,
            "sensor",
            "sensor",
            "--listen",
            "0.0.0.0:4789",
            "--metrics",
            "0",
            "--identity",
            "api",
            "--service-account",
            folder.toString(),
            "--logs",
            logs.toString())
        .awaitReady();
  }

  private Program tap() {
    return Program.start(
            List.of("ip", "netns", "exec", network.client().namespace().name()),
            Map.of(
                "POD_NAME", "caller", "POD_NAMESPACE", "shop", "POD_IPS", network.client().ipv4()),
            folder,
            "tap",
            "tap",
            "--interface",
            "eth0",
            "--sensor",
            network.sensor().ipv4(),
            "--vni",
            TapRun.VNI,
            "--filter",
            "tcp port " + PORT,
            "--metrics",
            "0")
        .awaitReady();
  }

  private void judge(String what, List<Logs.Row> rows, boolean isTapped) {
    int judged = 0;
    int named = 0;
    int late = 0;
    List<String> wrong = new ArrayList<>();
    for (Logs.Row row : rows) {
      String truth = answers.get(row.text("id.resp_h") + ' ' + row.count("id.orig_p"));
      if (truth == null || row.count("id.resp_p") != PORT) {
        continue;
      }
      judged++;
      String found = row.text("k8s.resp.pod");
      named += found.equals("-") ? 0 : 1;
      late += row.text("k8s.late").equals("true") ? 1 : 0;
      if (!found.equals("-") && !found.equals(truth)) {
        wrong.add(truth + " was called " + row.fields());
      }
      if (isTapped) {
        assertThat(row.text("k8s.orig.pod")).isEqualTo("caller");
      }
    }
    System.out.printf(
        "%s: %d reuses, %d records, %d named, %d late, %d wrong%n",
        what, ADDRESSES * (STAYS - 1), judged, named, late, wrong.size());
    assertThat(wrong).as(what).isEmpty();
    assertThat(named).as(what).isPositive();
    assertThat(judged).as(what).isGreaterThan(answers.size() / 2);
  }

  /** Returns a copy of a capture whose clock was off. */
  private Path shifted(Path capture, int seconds) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(capture));
    bytes.order(ByteOrder.nativeOrder());
    for (int at = PCAP_HEADER_BYTES; at + RECORD_HEADER_BYTES <= bytes.limit(); ) {
      bytes.putInt(at, bytes.getInt(at) + seconds);
      at += RECORD_HEADER_BYTES + bytes.getInt(at + 8);
    }
    return Files.write(folder.resolve("shifted" + seconds + ".pcap"), bytes.array());
  }
}
