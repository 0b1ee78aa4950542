/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An API server over HTTPS on loopback that answers what a test has told it to, request by request:
 * each kind of object has a queue of answers, and what is not told is answered with 503.
 */
final class ScriptedApiServer implements AutoCloseable {

  /** How one request is answered. */
  @FunctionalInterface
  interface Answer {
    void give(Reply reply) throws IOException;
  }

  /** What a test says in an answer. One thread of the server. */
  static final class Reply {

    private final OutputStream out;
    private boolean isChunked;

    private Reply(OutputStream out) {
      this.out = out;
    }

    /** Answers with another code than 200. */
    void refuse(int code, String message) throws IOException {
      whole(code, "", status(code, message));
    }

    /** Asks to wait, and refuses. */
    void refuse(int code, int retryAfterSeconds) throws IOException {
      whole(code, "Retry-After: " + retryAfterSeconds + "\r\n", status(code, "later"));
    }

    private static String status(int code, String message) {
      return "{\"kind\":\"Status\",\"message\":\"" + message + "\",\"code\":" + code + '}';
    }

    /** Answers with a whole body. */
    void send(int code, String body) throws IOException {
      whole(code, "", body);
    }

    private void whole(int code, String head, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      write("HTTP/1.1 " + code + " x\r\n" + head + "Content-Length: " + bytes.length + "\r\n\r\n");
      write(body);
    }

    private void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    /** Begins an answer in chunks. */
    Reply begin() throws IOException {
      isChunked = true;
      write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      return this;
    }

    /** Sends a chunk of it. */
    Reply say(String text) throws IOException {
      int length = text.getBytes(StandardCharsets.UTF_8).length;
      if (length > 0) {
        write(Integer.toHexString(length) + "\r\n" + text + "\r\n");
      }
      return this;
    }

    /** Ends the connection in the middle. */
    @SuppressWarnings("DoNotCallSuggester") // it is to be called
    void cut() throws IOException {
      throw new IOException("cut");
    }

    private void end() throws IOException {
      if (isChunked) {
        write("0\r\n\r\n");
      }
    }
  }

  private static final int DAYS = 30;

  /** Path and query of each request. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Queue<Answer>> answers = new ConcurrentHashMap<>();
  private final ServerSocket server;
  private final Path folder;

  /** The server's key and certificate, which take long to make. */
  record Certificate(Authority.Issued issued, String authority) {

    static Certificate make() throws IOException {
      Authority authority = Authority.make("kubernetes", DAYS);
      Authority.Issued issued =
          authority.issue(
              new Authority.Request(
                  "kube-apiserver", List.of("ip:127.0.0.1"), Authority.Usage.SERVER, DAYS));
      return new Certificate(issued, authority.certificate());
    }
  }

  /**
   * @param folder gets what is mounted into a pod
   */
  ScriptedApiServer(Certificate certificate, Path folder) throws Exception {
    this.folder = folder;
    Files.writeString(folder.resolve("ca.crt"), certificate.authority());
    Files.writeString(folder.resolve("token"), "token");
    Files.writeString(folder.resolve("namespace"), "podtap");
    Authority.Issued issued = certificate.issued();
    Identity identity = Identity.parse(issued.chain(), issued.key());
    server =
        new CurrentIdentity(identity)
            .context()
            .getServerSocketFactory()
            .createServerSocket(0, 64, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  ServiceAccount account() {
    return new ServiceAccount("127.0.0.1", server.getLocalPort(), folder, "");
  }

  /** Says how the next request for this kind of object is answered, behind those said before. */
  ScriptedApiServer next(String plural, Answer answer) {
    answers.computeIfAbsent(plural, _ -> new ConcurrentLinkedQueue<>()).add(answer);
    return this;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  /** Answers what comes over one connection, until either end leaves it. */
  private void serve(Socket client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String head = in.readLine();
        while (head != null && !head.isEmpty()) {
          head = in.readLine();
        }
        String target = line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
        requests.add(target);
        Reply reply = new Reply(client.getOutputStream());
        next(target).give(reply);
        reply.end();
      }
    } catch (IOException e) {
      return; // cut, by the test or by the client
    }
  }

  private Answer next(String target) {
    String path = target.substring(0, target.indexOf('?'));
    Queue<Answer> told = answers.get(path.substring(path.lastIndexOf('/') + 1));
    Answer answer = told == null ? null : told.poll();
    return answer == null ? reply -> reply.refuse(503, "not told") : answer;
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
