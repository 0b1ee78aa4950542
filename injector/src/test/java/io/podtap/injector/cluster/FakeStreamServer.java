/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.trust.Identity;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * An API server that streams one connection at a time, in the version that it is told; a test says
 * what it sends.
 *
 * @see "RFC 6455"
 */
final class FakeStreamServer implements AutoCloseable {

  private static final String ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final ServerSocket server;
  private final Path folder;
  private final String version;
  private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();
  private final BlockingQueue<OutputStream> opened = new LinkedBlockingQueue<>();

  private FakeStreamServer(ServerSocket server, Path folder, String version) {
    this.server = server;
    this.folder = folder;
    this.version = version;
  }

  /**
   * @param folder with a certificate, and what is mounted into a pod
   * @param version of the protocol, or an empty text to refuse with 403
   */
  static FakeStreamServer start(Path folder, Identity identity, String version) throws Exception {
    ServerSocket socket =
        Tls.trusting(new byte[0], identity)
            .getServerSocketFactory()
            .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    FakeStreamServer fake = new FakeStreamServer(socket, folder, version);
    Thread.ofPlatform().daemon().start(fake::serve);
    return fake;
  }

  ClusterApi api() {
    return ClusterApi.mounted(URI.create("https://127.0.0.1:" + server.getLocalPort()), folder);
  }

  /** Returns messages of the client, channel first. */
  BlockingQueue<byte[]> received() {
    return received;
  }

  String head() throws InterruptedException {
    return heads.take();
  }

  private void serve() {
    try (Socket socket = server.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      String head = head(in);
      heads.add(head);
      socket.getOutputStream().write(answer(head).getBytes(StandardCharsets.US_ASCII));
      opened.add(socket.getOutputStream());
      while (!version.isEmpty()) {
        read(in, socket.getOutputStream());
      }
    } catch (Exception e) {
      received.add(new byte[0]); // the end
    }
  }

  private static String head(DataInputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  private String answer(String head) throws Exception {
    if (version.isEmpty()) {
      return "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    }
    String key =
        head.lines()
            .filter(line -> line.startsWith("Sec-WebSocket-Key: "))
            .findFirst()
            .orElseThrow()
            .substring("Sec-WebSocket-Key: ".length());
    byte[] digest =
        MessageDigest.getInstance("SHA-1")
            .digest((key + ACCEPT).getBytes(StandardCharsets.US_ASCII));
    return String.join(
        "\r\n",
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest),
        "Sec-WebSocket-Protocol: " + version,
        "",
        "");
  }

  private void read(DataInputStream in, OutputStream out) throws IOException {
    int opcode = in.readUnsignedByte() & 0xF;
    int length = in.readUnsignedByte() & 0x7F;
    byte[] mask = in.readNBytes(4);
    byte[] bytes = in.readNBytes(length);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= mask[i & 3];
    }
    if (opcode == 2) {
      received.add(bytes);
    } else if (opcode == 9) {
      out.write(new byte[] {(byte) 0x8A, 0});
    }
  }

  /** Sends one message, in pieces of so many bytes. */
  void send(int channel, byte[] content, int pieceBytes) throws Exception {
    OutputStream out = opened.take();
    opened.add(out);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(channel);
    message.writeBytes(content);
    byte[] bytes = message.toByteArray();
    for (int at = 0; at < bytes.length; at += pieceBytes) {
      int length = Math.min(pieceBytes, bytes.length - at);
      int opcode = at == 0 ? 2 : 0;
      int end = at + length == bytes.length ? 0x80 : 0;
      out.write(
          length < 126
              ? new byte[] {(byte) (end | opcode), (byte) length}
              : new byte[] {(byte) (end | opcode), 126, (byte) (length >> 8), (byte) length});
      out.write(bytes, at, length);
    }
    out.flush();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
