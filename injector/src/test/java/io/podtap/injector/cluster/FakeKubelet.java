/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.trust.Identity;
import io.podtap.injector.tree.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.Deflater;
import javax.net.ssl.SSLContext;

/**
 * The part of a kubelet that an API server calls for {@code attach} and {@code exec}: HTTPS that is
 * upgraded to SPDY/3.1, with one stream each for error, input, output and error output, in the
 * order in which API servers open them.
 *
 * <p>{@code exec} writes {@link #OUTPUT}, waits for input or its end, writes {@link #LAST} and ends
 * well. {@code attach} waits for the end of its input.
 *
 * @see "SPDY Protocol, draft 3.1; k8s.io/apimachinery/pkg/util/httpstream/spdy"
 */
public final class FakeKubelet implements AutoCloseable {

  public static final byte[] OUTPUT = bytes(200_000);
  public static final String SAID = "podtap: records eth0\n";
  public static final String LAST = "the last packet";

  private static final int SYN_STREAM = 1;
  private static final int SYN_REPLY = 2;
  private static final int PING = 6;
  private static final int FIN = 1;
  private static final int CHUNK = 16_384;

  private final ServerSocket server;
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  private FakeKubelet(ServerSocket server) {
    this.server = server;
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new java.util.Random(5).nextBytes(bytes);
    return bytes;
  }

  /** Listens, with any certificate: API servers do not look at it unless they are told to. */
  public static FakeKubelet start(String chain, String key) throws Exception {
    SSLContext context = Tls.trusting(new byte[0], Identity.parse(chain, key));
    FakeKubelet kubelet =
        new FakeKubelet(
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofPlatform().daemon().start(kubelet::accept);
    return kubelet;
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Returns what happened, in its order: requests' first lines, {@code held}, {@code released}. */
  public BlockingQueue<String> seen() {
    return seen;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofPlatform().daemon().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      String request = head(socket.getInputStream());
      String line = request.lines().findFirst().orElse("");
      seen.add(line);
      socket
          .getOutputStream()
          .write(
              String.join(
                      "\r\n",
                      "HTTP/1.1 101 Switching Protocols",
                      "Connection: Upgrade",
                      "Upgrade: SPDY/3.1",
                      "X-Stream-Protocol-Version: v4.channel.k8s.io",
                      "",
                      "")
                  .getBytes(StandardCharsets.US_ASCII));
      new Session(socket, line.contains("/exec/")).run();
    } catch (IOException e) {
      seen.add("broken");
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** One upgraded connection. */
  private final class Session {

    private final DataInputStream in;
    private final DataOutputStream out;
    private final boolean isExec;
    private final Deflater deflater = new Deflater();
    private final List<Integer> streams = new ArrayList<>();

    Session(Socket socket, boolean isExec) throws IOException {
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
      this.isExec = isExec;
    }

    void run() throws IOException {
      try {
        while (true) {
          int first = in.readInt();
          int flagsAndLength = in.readInt();
          byte[] body = in.readNBytes(flagsAndLength & 0xFF_FFFF);
          if (first < 0) {
            control(first & 0xFFFF, body);
          } else if (input(first, flagsAndLength >>> 24, body.length)) {
            return;
          }
        }
      } catch (java.io.EOFException e) {
        seen.add("released");
      }
    }

    private void control(int type, byte[] body) throws IOException {
      if (type == SYN_STREAM) {
        int id = java.nio.ByteBuffer.wrap(body).getInt() & Integer.MAX_VALUE;
        streams.add(id);
        frame(SYN_REPLY, id, noHeaders());
        if (isExec && streams.size() == 4) {
          for (int at = 0; at < OUTPUT.length; at += CHUNK) {
            data(
                2,
                0,
                java.util.Arrays.copyOfRange(OUTPUT, at, Math.min(OUTPUT.length, at + CHUNK)));
          }
          data(3, 0, SAID.getBytes(StandardCharsets.UTF_8));
        }
      } else if (type == PING) {
        out.writeInt(0x8003_0000 | PING);
        out.writeInt(body.length);
        out.write(body);
        out.flush();
      }
    }

    /** Returns whether all is over. */
    private boolean input(int stream, int flags, int length) throws IOException {
      boolean isEnd = (flags & FIN) != 0;
      if (isExec && (isEnd || length > 0)) {
        data(2, FIN, LAST.getBytes(StandardCharsets.UTF_8));
        data(3, FIN, new byte[0]);
        status();
        seen.add("ended");
        return false;
      }
      if (!isExec) {
        seen.add(isEnd ? "released" : "held");
      }
      if (isEnd && streams.indexOf(stream) == 1 && !isExec) {
        status();
        return true;
      }
      return false;
    }

    private void status() throws IOException {
      String status = JsonText.write(Map.of("kind", "Status", "status", "Success"));
      data(0, FIN, status.getBytes(StandardCharsets.UTF_8));
    }

    private void data(int stream, int flags, byte[] bytes) throws IOException {
      out.writeInt(streams.get(stream));
      out.writeInt(flags << 24 | bytes.length);
      out.write(bytes);
      out.flush();
    }

    private void frame(int type, int stream, byte[] block) throws IOException {
      out.writeInt(0x8003_0000 | type);
      out.writeInt(4 + block.length);
      out.writeInt(stream);
      out.write(block);
      out.flush();
    }

    /** A block of no headers; without SPDY's dictionary, which is the sender's choice. */
    private byte[] noHeaders() {
      deflater.setInput(new byte[4]);
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      byte[] buffer = new byte[64];
      int count;
      while ((count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH)) > 0) {
        block.write(buffer, 0, count);
      }
      return block.toByteArray();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
