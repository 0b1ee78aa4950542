/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.testing;

import io.podtap.core.trust.authority.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * {@code etcd} and {@code kube-apiserver} on loopback, from the folder {@code KUBEBUILDER_ASSETS},
 * with RBAC and two users: an administrator, who is this class, and the service account of a pod.
 */
public final class RealApiServer implements AutoCloseable {

  /** The service account {@code default} of namespace {@code shop}. */
  public static final String TOKEN = "tap-token";

  /** The token of a user who may do everything. */
  public static final String ADMINISTRATOR = "admin-token";

  private static final long START_MS = 90_000;

  private final Path programs;
  private final Path folder;
  private final List<String> options;
  private final int port = freePort();
  private final int storePort = freePort();
  private final Process store;
  private Process server;
  private @Nullable HttpClient client;

  public RealApiServer(Path programs, Path folder) throws Exception {
    this(programs, folder, List.of());
  }

  /**
   * @param options of kube-apiserver, beside its own
   */
  public RealApiServer(Path programs, Path folder, List<String> options) throws Exception {
    this.programs = programs;
    this.options = List.copyOf(options);
    this.folder = folder;
    String storeUrl = "http://127.0.0.1:" + storePort;
    store =
        start(
            "etcd",
            "--data-dir=" + folder.resolve("etcd"),
            "--listen-client-urls=" + storeUrl,
            "--advertise-client-urls=" + storeUrl,
            "--listen-peer-urls=http://127.0.0.1:" + freePort());
    KeyPair key = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    pem("sa.key", "PRIVATE KEY", key.getPrivate().getEncoded());
    pem("sa.pub", "PUBLIC KEY", key.getPublic().getEncoded());
    Files.writeString(
        folder.resolve("tokens.csv"),
        ADMINISTRATOR
            + ",admin,1,system:masters\n"
            + TOKEN
            + ",system:serviceaccount:shop:default,2,"
            + "\"system:serviceaccounts,system:serviceaccounts:shop\"\n");
    server = startServer();
    awaitReady();
  }

  private void pem(String file, String kind, byte[] bytes) throws IOException {
    Files.writeString(folder.resolve(file), Pem.block(kind, bytes));
  }

  private Process startServer() throws IOException {
    List<String> all = new ArrayList<>(options);
    all.addAll(
        List.of(
            "--etcd-servers=http://127.0.0.1:" + storePort,
            "--secure-port=" + port,
            "--bind-address=127.0.0.1",
            "--advertise-address=192.0.2.1",
            "--endpoint-reconciler-type=none",
            "--cert-dir=" + folder.resolve("certificates"),
            "--service-cluster-ip-range=10.0.0.0/24",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-key-file=" + folder.resolve("sa.pub"),
            "--service-account-signing-key-file=" + folder.resolve("sa.key"),
            "--token-auth-file=" + folder.resolve("tokens.csv"),
            "--authorization-mode=RBAC",
            "--disable-admission-plugins=ServiceAccount"));
    return start("kube-apiserver", all.toArray(String[]::new));
  }

  private Process start(String program, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of(programs.resolve(program).toString()));
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(program + ".log").toFile()))
        .start();
  }

  /** Returns a TCP port of loopback that nothing listens to now. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return port;
  }

  /** Returns the server's certificate and the one it is signed by, PEM. */
  public Path certificates() {
    return folder.resolve("certificates/apiserver.crt");
  }

  private void awaitReady() throws Exception {
    long deadline = System.nanoTime() + START_MS * 1_000_000;
    while (!isReady()) {
      if (System.nanoTime() > deadline || !server.isAlive()) {
        throw new IllegalStateException(
            "kube-apiserver does not get ready: "
                + Files.readString(folder.resolve("kube-apiserver.log")));
      }
      Thread.sleep(50);
    }
  }

  private boolean isReady() throws Exception {
    try {
      return Files.exists(certificates()) && send("GET", "/readyz", "", "").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Creates an object. */
  public void create(String path, String json) throws Exception {
    require(send("POST", path, json, "application/json"));
  }

  /** Sends an object, or nothing, as the administrator, and returns the answer whatever it is. */
  public HttpResponse<String> ask(String method, String path, String json) throws Exception {
    return send(method, path, json, json.isEmpty() ? "" : "application/json");
  }

  /** Merges a patch into an object. */
  public void patch(String path, String json) throws Exception {
    require(send("PATCH", path, json, "application/merge-patch+json"));
  }

  public void delete(String path) throws Exception {
    require(send("DELETE", path, "{\"gracePeriodSeconds\":0}", "application/json"));
  }

  private static void require(HttpResponse<String> answer) {
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(answer.request().uri() + ": " + answer.body());
    }
  }

  private HttpResponse<String> send(String method, String path, String body, String type)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + ADMINISTRATOR)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    return client().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private synchronized HttpClient client() throws IOException, GeneralSecurityException {
    if (client == null) {
      client = HttpClient.newBuilder().sslContext(trust()).build();
    }
    return client;
  }

  private SSLContext trust() throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    int count = 0;
    for (Certificate one :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(Files.newInputStream(certificates()))) {
      trusted.setCertificateEntry("c" + count++, one);
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  /** Ends the server as a crash does. */
  public void kill() {
    server.destroyForcibly().onExit().join();
  }

  /**
   * Lets the store forget every version of the past: a watch from one of them, at a server that was
   * started anew, gets 410.
   */
  public void compact() throws Exception {
    askStore(
        "put", "{\"key\":\"cG9kdGFw\",\"value\":\"AA==\"}"); // so that now is not the last change
    String revision = askStore("range", "{\"key\":\"AA==\"}").split("\"revision\":\"", -1)[1];
    askStore(
        "compaction",
        "{\"physical\":true,\"revision\":\""
            + revision.substring(0, revision.indexOf('"'))
            + "\"}");
  }

  private String askStore(String what, String json) throws Exception {
    try (HttpClient plain = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + storePort + "/v3/kv/" + what))
              .POST(HttpRequest.BodyPublishers.ofString(json))
              .build();
      HttpResponse<String> answer = plain.send(request, HttpResponse.BodyHandlers.ofString());
      require(answer);
      return answer.body();
    }
  }

  /** Starts it again on the same port and waits until it answers. */
  public void restart() throws Exception {
    server = startServer();
    awaitReady();
  }

  @Override
  public void close() {
    if (client != null) {
      client.shutdownNow();
    }
    kill();
    store.destroyForcibly().onExit().join();
  }
}
