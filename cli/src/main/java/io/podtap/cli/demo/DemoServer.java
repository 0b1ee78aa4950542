/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.podtap.core.agent.Threads;
import io.podtap.core.config.Program;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The application in the demo's pod: answers HTTP on port 80, by TLS on 443, and DNS on 53 until it
 * is ended.
 */
@Command(name = "demo-server", hidden = true, description = "The application in the demo's pod.")
public final class DemoServer implements Program {

  static final int HTTP_PORT = 80;
  static final int DNS_PORT = 53;
  static final int TLS_PORT = 443;

  /** Whom the pod's certificate names. */
  static final String TLS_NAME = "web.demo.svc.cluster.local";

  /** Protects nothing: the key store is made for one demo and removed with it. */
  static final String KEYSTORE_PASSWORD = "podtap-demo";

  private static final int DNS_HEADER_LENGTH = 12;

  /** Name pointer to the question, type A, class IN, 60 s, four bytes: 10.70.0.2. */
  private static final byte[] DNS_ANSWER = {
    (byte) 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 70, 0, 2
  };

  private static final int BULK_BLOCK = 1 << 16;

  @Option(names = "--http-port", description = "TCP port of the HTTP server.")
  private int httpPort = HTTP_PORT;

  @Option(names = "--dns-port", description = "UDP port of the DNS server.")
  private int dnsPort = DNS_PORT;

  @Option(names = "--keystore", description = "Key and certificate for TLS; none without.")
  private @Nullable Path keyStore;

  @Override
  public Integer call() throws IOException, GeneralSecurityException {
    // One socket of IPv6 answers both families. Pages come last: whoever gets one finds all else
    // there.
    try (DatagramSocket dns =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("::"), dnsPort))) {
      if (keyStore != null) {
        HttpsServer secure =
            HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("::"), TLS_PORT), 64);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls(keyStore)));
        serve(secure);
      }
      serve(HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("::"), httpPort), 64));
      answerNames(dns);
    }
    return 0;
  }

  private static void serve(HttpServer server) {
    server.setExecutor(Threads.virtual("demo"));
    server.createContext("/", DemoServer::answer);
    server.createContext("/bulk/", DemoServer::answerBulk);
    server.start();
  }

  private static SSLContext tls(Path file) throws IOException, GeneralSecurityException {
    char[] password = KEYSTORE_PASSWORD.toCharArray();
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(file.toFile(), password), password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static void answer(HttpExchange exchange) throws IOException {
    byte[] body = "hello from the pod\n".getBytes(StandardCharsets.UTF_8);
    announceEnd(exchange);
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /**
   * Says that the connection ends with this answer: a client that is not told sends its next
   * request into a closed connection, and the record of a good exchange would end in a reset.
   */
  private static void announceEnd(HttpExchange exchange) {
    exchange.getResponseHeaders().set("Connection", "close");
  }

  /** {@code /bulk/N} answers with N bytes. */
  private static void answerBulk(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    long left = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    announceEnd(exchange);
    exchange.sendResponseHeaders(200, left);
    byte[] block = new byte[BULK_BLOCK];
    Arrays.fill(block, (byte) 'x');
    try (OutputStream out = exchange.getResponseBody()) {
      for (; left > 0; left -= BULK_BLOCK) {
        out.write(block, 0, (int) Math.min(left, BULK_BLOCK));
      }
    }
  }

  private static void answerNames(DatagramSocket socket) throws IOException {
    byte[] buffer = new byte[512];
    DatagramPacket query = new DatagramPacket(buffer, buffer.length);
    while (!Thread.currentThread().isInterrupted()) {
      query.setLength(buffer.length);
      socket.receive(query);
      int length = query.getLength();
      if (length < DNS_HEADER_LENGTH || length + DNS_ANSWER.length > buffer.length) {
        continue;
      }
      byte[] reply = Arrays.copyOf(buffer, length + DNS_ANSWER.length);
      reply[2] = (byte) 0x81; // response, recursion desired
      reply[3] = (byte) 0x80; // recursion available, no error
      reply[7] = 1; // one answer
      System.arraycopy(DNS_ANSWER, 0, reply, length, DNS_ANSWER.length);
      socket.send(new DatagramPacket(reply, reply.length, query.getSocketAddress()));
    }
  }
}
