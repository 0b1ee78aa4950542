/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.config.BuildVersion;
import io.podtap.core.config.SettingsException;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the API server, by one HTTP client: connections are used again. The client is made
 * anew every few minutes and after a failed handshake, since certificates on disk change. Any
 * thread.
 */
public final class ClusterApi implements ApiRequests {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int TEXT_LENGTH_MAX = 200;

  /** An answer that is held as a tree: no single object of the API is larger. */
  private static final int ANSWER_BYTES_MAX = 4 << 20;

  private static final int PAGE = 500;
  private static final long PAGE_SECONDS = 60;

  /** How often a busy server (429) or a list that is too old (410) is asked again. */
  private static final int TRIES_MAX = 5;

  private static final long BUSY_MS = 1_000;
  private static final int GONE = 410;
  private static final int BUSY = 429;
  private static final long CLIENT_NS = TimeUnit.MINUTES.toNanos(5);

  /** Who asks, in audit logs and in {@code managedFields}. */
  private static final String PROGRAM = "podtap";

  /** The header {@code User-Agent}. */
  static final String USER_AGENT = PROGRAM + '/' + BuildVersion.text();

  /** Where the answer is that of a pod behind the API server, whatever it is. */
  private static final String PROXY = "/proxy/";

  /** The only key of an answer that is not JSON; a Status has others too. */
  private static final String TEXT = "message";

  private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH");

  private final URI base;
  private final Credentials credentials;
  private @Nullable HttpClient client;
  private long clientEndNs;

  /**
   * @param base such as {@code https://10.96.0.1:443}, without a slash at its end
   */
  public ClusterApi(URI base, Credentials credentials) {
    this.base = base;
    this.credentials = credentials;
  }

  URI base() {
    return base;
  }

  Credentials credentials() {
    return credentials;
  }

  /**
   * Returns how a pod reaches its API server.
   *
   * @throws SettingsException outside of a pod
   */
  public static ClusterApi of(ServiceAccount account) {
    if (account.host().isEmpty()) {
      throw new SettingsException("KUBERNETES_SERVICE_HOST is not set: not in a pod?");
    }
    boolean isIpv6 = account.host().indexOf(':') >= 0;
    String host = isIpv6 ? '[' + account.host() + ']' : account.host();
    return mounted(URI.create("https://" + host + ':' + account.port()), account.folder());
  }

  /**
   * Returns the API server that kubectl would speak with: of a kubeconfig, else the pod's own.
   *
   * @param context of the kubeconfig, or an empty text for the current one
   * @throws SettingsException when there is neither
   */
  public static ClusterApi of(Map<String, String> environment, String context) {
    return ClusterChoice.NONE.withContext(context).api(environment);
  }

  /**
   * Returns a server that is called with a mounted service account.
   *
   * @param folder of {@code token}, {@code ca.crt} and {@code namespace}
   */
  public static ClusterApi mounted(URI base, Path folder) {
    return new ClusterApi(base, new MountedAccount(folder));
  }

  /**
   * An answer.
   *
   * @param object the body, empty when it is no object
   */
  public record Answer(int status, Map<String, @Nullable Object> object) {

    /** Returns whether the server did what was asked. */
    public boolean isGood() {
      return status / 100 == 2;
    }

    /** Returns what the server says, whole. */
    public String message() {
      return Tree.text(object, "message").replaceAll("\\s+", " ");
    }

    /** Returns what the server says is wrong, in one line. */
    public String reason() {
      String message = message();
      return status + " " + message.substring(0, Math.min(message.length(), TEXT_LENGTH_MAX));
    }
  }

  @Override
  public String namespace() throws IOException {
    return credentials.namespace();
  }

  @Override
  public Answer send(String method, String path, String type, @Nullable Object body)
      throws IOException {
    boolean isWrite = WRITES.contains(method);
    HttpRequest.Builder request =
        request(isWrite ? withQuery(path, "fieldManager=" + PROGRAM) : path).timeout(TIMEOUT);
    if (type.isEmpty()) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", type)
          .method(method, HttpRequest.BodyPublishers.ofString(JsonText.write(body)));
    }
    HttpResponse<InputStream> response = exchange(request.build());
    Answer answer = new Answer(response.statusCode(), object(response.body()));
    boolean isPage = answer.object().keySet().equals(Set.of(TEXT));
    if (answer.isGood() && isPage && !path.contains(PROXY)) {
      throw new IOException(
          method
              + ' '
              + withoutQuery(path)
              + ": "
              + base
              + " answers with something else than JSON: is it an API server?");
    }
    return answer;
  }

  private static String withoutQuery(String path) {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  private static String withQuery(String path, String query) {
    return path + (path.contains("?") ? '&' : '?') + query;
  }

  private HttpRequest.Builder request(String path) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .header("Accept", "application/json")
            .header("User-Agent", USER_AGENT);
    credentials
        .headers()
        .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
    String authorization = credentials.authorization();
    return authorization.isEmpty() ? request : request.header("Authorization", authorization);
  }

  /** A handshake that failed sent nothing: it is tried once more with certificates read anew. */
  private HttpResponse<InputStream> exchange(HttpRequest request) throws IOException {
    try {
      try {
        return client().send(request, HttpResponse.BodyHandlers.ofInputStream());
      } catch (SSLHandshakeException e) {
        forgetClient();
        return client().send(request, HttpResponse.BodyHandlers.ofInputStream());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw new UnreachableException(base, e);
    }
  }

  /**
   * HTTP/1.1: a reader that is slow slows the server down, while HTTP/2 would let up to 16 MiB of a
   * stream come ahead of it.
   */
  private synchronized HttpClient client() throws IOException {
    if (client == null || System.nanoTime() - clientEndNs >= 0) {
      forgetClient();
      client =
          credentials
              .reaching(
                  HttpClient.newBuilder()
                      .version(HttpClient.Version.HTTP_1_1)
                      .connectTimeout(TIMEOUT))
              .build();
      clientEndNs = System.nanoTime() + CLIENT_NS;
    }
    return client;
  }

  private synchronized void forgetClient() {
    if (client != null) {
      client.shutdown(); // when its last request has ended
      client = null;
    }
  }

  /** Reads a whole body within the time and the bytes that any answer needs. */
  private static Map<String, @Nullable Object> object(InputStream body) throws IOException {
    CompletableFuture<Void> late = closing(body, TIMEOUT.toSeconds());
    byte[] bytes;
    try (body) {
      bytes = body.readNBytes(ANSWER_BYTES_MAX + 1);
    } catch (IOException e) {
      throw late.isDone() ? silent(TIMEOUT.toSeconds(), e) : e;
    }
    if (!late.cancel(false)) {
      throw silent(TIMEOUT.toSeconds(), null);
    }
    if (bytes.length > ANSWER_BYTES_MAX) {
      throw new IOException("the API server's answer has more than " + ANSWER_BYTES_MAX + " bytes");
    }
    return tree(bytes);
  }

  private static IOException silent(long seconds, @Nullable IOException cause) {
    return new IOException("the API server's answer has no end after " + seconds + " s", cause);
  }

  /** Closes a body when the time is over, unless the result is cancelled before. */
  private static CompletableFuture<Void> closing(InputStream body, long seconds) {
    CompletableFuture<Void> late = new CompletableFuture<>();
    CompletableFuture<Void> _ =
        late.completeOnTimeout(null, seconds, TimeUnit.SECONDS).thenRun(() -> close(body));
    return late;
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // whoever reads it is told
    }
  }

  @Override
  public String list(String path, Fields fields, Taker taker) throws IOException {
    Passed passed = new Passed(taker);
    String version = "";
    String more = "";
    int tries = 0;
    do {
      String next = withQuery(path, "limit=" + PAGE);
      try {
        ObjectReader.Page page =
            page(
                more.isEmpty() ? next : next + "&continue=" + ApiPath.encode(more), fields, passed);
        version = version.isEmpty() ? page.version() : version; // a watch sees what came since
        more = page.more();
        tries = 0;
      } catch (RefusedException e) {
        tries++;
        boolean isOld = e.status() == GONE && !more.isEmpty();
        if (tries > TRIES_MAX || (!isOld && e.status() != BUSY)) {
          throw e;
        }
        if (isOld) { // the token has expired: from the beginning, without what has passed
          more = "";
          version = "";
          passed.again();
        } else {
          pause();
        }
      }
    } while (!more.isEmpty() || tries > 0);
    return version;
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(BUSY_MS + ThreadLocalRandom.current().nextLong(BUSY_MS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private ObjectReader.Page page(String path, Fields fields, Taker taker) throws IOException {
    HttpResponse<InputStream> response = exchange(request(path).timeout(TIMEOUT).build());
    if (response.statusCode() / 100 != 2) {
      throw new RefusedException(
          "GET " + withoutQuery(path), new Answer(response.statusCode(), object(response.body())));
    }
    CompletableFuture<Void> late = closing(response.body(), PAGE_SECONDS);
    try (InputStream body = response.body();
        ObjectReader reader = new ObjectReader(body)) {
      return reader.list(fields, taker);
    } catch (IOException e) {
      throw late.isDone() ? silent(PAGE_SECONDS, e) : e;
    } finally {
      late.cancel(false);
    }
  }

  /** Hands on each object once, when a list has to begin again. Lists are ordered by their keys. */
  private static final class Passed implements Taker {

    private final Taker taker;
    private String last = "";
    private boolean isRepeating;

    Passed(Taker taker) {
      this.taker = taker;
    }

    void again() {
      isRepeating = true;
    }

    @Override
    public void take(Map<String, @Nullable Object> object, boolean isWhole) throws IOException {
      String key =
          Tree.text(object, "metadata", "namespace") + '/' + Tree.text(object, "metadata", "name");
      if (!isRepeating || key.compareTo(last) > 0) {
        last = key;
        isRepeating = false;
        taker.take(object, isWhole);
      }
    }
  }

  /** Takes what a watch brings. */
  public interface WatchTaker {

    /** Takes one event, and says whether it wants more. */
    boolean take(String type, Map<String, @Nullable Object> object) throws IOException;
  }

  /**
   * Watches, until the server ends it, the taker has enough, the time is over or {@code end} is
   * complete; the latter may look like a failure.
   *
   * @param path with its query, which names the version to begin at
   * @param seconds how long at most; a server that falls silent is given up a little later
   * @return the version that another watch goes on from, or an empty text when nothing came
   * @throws RefusedException when it cannot be watched; 410 when the version is too old
   */
  public String watch(
      String path, Fields fields, int seconds, CompletableFuture<?> end, WatchTaker taker)
      throws IOException {
    String query = "watch=1&allowWatchBookmarks=true&timeoutSeconds=" + seconds;
    HttpResponse<InputStream> response =
        exchange(request(withQuery(path, query)).timeout(TIMEOUT).build());
    String what = "watching " + withoutQuery(path);
    if (response.statusCode() / 100 != 2) {
      throw new RefusedException(what, new Answer(response.statusCode(), object(response.body())));
    }
    Fields ofEvents = new Fields(Map.of("type", Fields.ALL, "object", fields.orStatus()), false);
    String version = "";
    CompletableFuture<Void> late = closing(response.body(), seconds + TIMEOUT.toSeconds());
    CompletableFuture<Void> _ = end.thenRun(() -> close(response.body()));
    try (InputStream body = response.body();
        ObjectReader reader = new ObjectReader(body)) {
      Map<String, @Nullable Object> event = reader.next(ofEvents);
      while (event != null) {
        Map<String, @Nullable Object> object = Tree.map(event.get("object"));
        String type = Tree.text(event, "type");
        requireEvent(what, type, object);
        version = Tree.text(object, "metadata", "resourceVersion");
        boolean goesOn = type.equals("BOOKMARK") || taker.take(type, object);
        event = goesOn ? reader.next(ofEvents) : null;
      }
    } finally {
      late.cancel(false);
    }
    return version;
  }

  /** A refusal comes as a Status, as the object of an event ERROR. */
  private static void requireEvent(String what, String type, Map<String, @Nullable Object> object)
      throws IOException {
    if (type.equals("ERROR") || object.isEmpty()) {
      int code = object.get("code") instanceof Number number ? number.intValue() : 0;
      throw new RefusedException(what, new Answer(code, object));
    }
  }

  private static Map<String, @Nullable Object> tree(byte[] body) {
    try {
      return Tree.map(JsonText.read(new ByteArrayInputStream(body)));
    } catch (JsonText.MalformedException e) {
      return Map.of(TEXT, new String(body, StandardCharsets.UTF_8));
    }
  }
}
