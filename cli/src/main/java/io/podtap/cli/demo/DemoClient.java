/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import io.podtap.core.config.Program;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The demo's client: asks the pod for names and pages over IPv4 and IPv6, then for many bytes. */
@Command(name = "demo-client", hidden = true, description = "The demo's client.")
public final class DemoClient implements Program {

  private static final int REQUESTS = 6;
  private static final int TIMEOUT_MS = 5_000;
  private static final int QUERIES_MAX = 5;
  private static final int ATTEMPTS_MAX = 40;
  private static final int ATTEMPT_PAUSE_MS = 250;

  /** Bytes read before the clock is looked at again. */
  private static final int PACE_BYTES = 256 << 10;

  @Option(names = "--pod", required = true, split = ",", description = "The pod's addresses.")
  private List<String> pod = List.of();

  @Option(names = "--bulk-bytes", description = "Bytes of each bulk transfer.")
  private long bulkBytes = 50_000_000;

  @Option(names = "--bulk-bytes-per-second", description = "Rate of a bulk transfer.")
  private long bulkBytesPerSecond = 25_000_000;

  @Option(names = "--http-port", description = "TCP port of the HTTP server.")
  private int httpPort = DemoServer.HTTP_PORT;

  @Option(names = "--dns-port", description = "UDP port of the DNS server.")
  private int dnsPort = DemoServer.DNS_PORT;

  @Option(names = "--tls", description = "Also fetch a page over TLS.")
  private boolean tls;

  @Option(names = "--probe", description = "Only wait until the server answers.")
  private boolean probe;

  @Override
  public Integer call() throws IOException, InterruptedException, GeneralSecurityException {
    if (probe) {
      awaitServer();
      return 0;
    }
    for (String address : pod) {
      for (int i = 0; i < REQUESTS; i++) {
        resolve(address, "web-" + i + ".demo.svc.cluster.local");
        get(address, "/page/" + i);
      }
      if (tls) {
        greet(address);
      }
    }
    for (String address : pod) {
      long received = get(address, "/bulk/" + bulkBytes);
      if (received != bulkBytes) {
        throw new IOException("received " + received + " of " + bulkBytes + " bytes");
      }
    }
    return 0;
  }

  private void awaitServer() throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        get(pod.getFirst(), "/");
        return;
      } catch (IOException e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
        Thread.sleep(ATTEMPT_PAUSE_MS);
      }
    }
  }

  /** Fetches a page over a connection of its own and returns how many bytes it had. */
  private long get(String address, String path) throws IOException {
    String host = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    URI uri = URI.create("http://" + host + ":" + httpPort + path);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(TIMEOUT_MS);
    connection.setReadTimeout(TIMEOUT_MS);
    connection.setRequestProperty("Connection", "close");
    byte[] buffer = new byte[1 << 16];
    long bytes = 0;
    long startNs = System.nanoTime();
    try (InputStream in = connection.getInputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (bytes / PACE_BYTES != (bytes + read) / PACE_BYTES) {
          keepPace(bytes, startNs);
        }
        bytes += read;
      }
    }
    return bytes;
  }

  /** Fetches a page by TLS from whoever answers: the demo is about what the sensor sees of it. */
  private static void greet(String address) throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new AnyServer()}, null);
    // The connection is closed beneath TLS: the server has said good-bye, and is gone.
    try (Socket connection = new Socket(address, DemoServer.TLS_PORT)) {
      SSLSocket socket =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(connection, address, DemoServer.TLS_PORT, false);
      socket.setSoTimeout(TIMEOUT_MS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(DemoServer.TLS_NAME)));
      socket.setSSLParameters(parameters);
      String request =
          "GET /secret HTTP/1.1\r\nHost: " + DemoServer.TLS_NAME + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }

  /** Believes every certificate: the pod's is minutes old, and nobody vouches for it. */
  private static final class AnyServer extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /**
   * Sleeps until so many bytes are due: traffic as an application makes it, not as fast as memory
   * is.
   */
  private void keepPace(long bytes, long startNs) {
    long dueNs = startNs + bytes * 1_000_000_000L / bulkBytesPerSecond;
    LockSupport.parkNanos(dueNs - System.nanoTime());
  }

  /** Sends a DNS query of type A and waits for its answer; asks again as resolvers do. */
  private void resolve(String address, String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(name.hashCode()); // id
    out.writeShort(0x0100); // recursion desired
    out.writeShort(1); // one question
    out.write(new byte[6]);
    for (String label : name.split("\\.", -1)) {
      byte[] text = label.getBytes(StandardCharsets.US_ASCII);
      out.writeByte(text.length);
      out.write(text);
    }
    out.writeByte(0);
    out.writeShort(1); // type A
    out.writeShort(1); // class IN
    byte[] query = bytes.toByteArray();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MS / QUERIES_MAX);
      DatagramPacket question =
          new DatagramPacket(query, query.length, InetAddress.ofLiteral(address), dnsPort);
      DatagramPacket answer = new DatagramPacket(new byte[512], 512);
      for (int left = QUERIES_MAX - 1; ; left--) {
        socket.send(question);
        try {
          socket.receive(answer);
          return;
        } catch (SocketTimeoutException e) {
          if (left == 0) {
            throw e;
          }
        }
      }
    }
  }
}
