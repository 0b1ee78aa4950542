/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.agent.Backoff;
import io.podtap.core.json.JsonReader;
import io.podtap.core.kubernetes.AccessRule;
import io.podtap.core.kubernetes.ApiClient;
import io.podtap.core.kubernetes.ApiException;
import io.podtap.core.kubernetes.ApiFailure;
import io.podtap.core.kubernetes.BodyInput;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.text.PlainText;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Follows objects of the API: one list, then one watch that goes on where the last one ended, and a
 * new list only when the server no longer knows that place (410). One thread.
 *
 * @see "Kubernetes API concepts: efficient detection of changes"
 */
final class ApiFollower implements Follower {

  /** The server ends a watch after about so long. */
  private static final long WATCH_SECONDS = 360;

  /** Bookmarks come about every minute: in a longer silence perhaps nobody is there any more. */
  private static final int WATCH_IDLE_MS = 75_000;

  private static final int LIST_IDLE_MS = 10_000;

  /** A whole list, of 4,096 objects over a slow path. */
  private static final long LIST_MS = 30_000;

  /** A whole watch; the server ends it earlier, at up to a fifth more than asked. */
  private static final long WATCH_MS = 2 * 1_000 * WATCH_SECONDS;

  /** A watch that ends sooner was cut off, and is not begun again at once. */
  private static final long WATCH_NS_MIN = 1_000_000_000;

  /** Objects with a ready sensor that are kept in mind. */
  private static final int OBJECTS_MAX = 4_096;

  private static final int REFUSED_WATCHES_MAX = 2;

  /** Of many events at once, only what they come to is handed on, and at least so often. */
  private static final long PUBLISH_NS = 200_000_000;

  /** Less than an event has: what waits is the end of one. */
  private static final int EVENT_BYTES_MIN = 100;

  private final ApiClient client;
  private final ServiceAccount account;
  private final ApiResource resource;
  private final Findings findings;
  private final Backoff backoff;
  private final String askedNamespace;
  private Map<String, List<Candidate>> objects = new HashMap<>();

  /** Where the next watch begins; empty when a list is due. */
  private String resourceVersion = "";

  /** Lists from the server's cache, which is enough for a start and costs it little. */
  private boolean cached = true;

  private int refusedWatches;

  /** Whether nobody answered last time. */
  private boolean silent;

  private boolean changed;
  private long publishedNs;

  /**
   * @param namespace empty for the pod's own
   */
  ApiFollower(
      ServiceAccount account,
      ApiResource resource,
      String namespace,
      Findings findings,
      Backoff backoff) {
    this.account = account;
    client = new ApiClient(account);
    this.resource = resource;
    askedNamespace = namespace;
    this.findings = findings;
    this.backoff = backoff;
  }

  @Override
  public long step() {
    try {
      if (resourceVersion.isEmpty()) {
        list();
      }
      watch();
      return 0;
    } catch (ApiException e) {
      if (e.failure() == ApiFailure.EXPIRED || isStuck(e)) {
        resourceVersion = "";
        cached = false;
        refusedWatches = 0;
      }
      findings.failed(e);
      boolean isSilent = e.failure() == ApiFailure.UNREACHABLE || e.failure() == ApiFailure.TIMEOUT;
      if (silent && !isSilent) {
        backoff.reset(); // a server that has just started refuses for a moment what it allows
      }
      silent = isSilent;
      return backoff.nextMs(e.longestWaitMs(), e.leastWaitMs());
    }
  }

  /** A place that the server refuses again and again, as after its store was replaced. */
  private boolean isStuck(ApiException e) {
    return e.failure() == ApiFailure.REFUSED && ++refusedWatches >= REFUSED_WATCHES_MAX;
  }

  private String query() throws ApiException {
    String namespace = askedNamespace.isEmpty() ? account.namespace() : askedNamespace;
    return resource.path(namespace)
        + "?labelSelector="
        + URLEncoder.encode(resource.selector(), StandardCharsets.UTF_8);
  }

  private AccessRule rule(String verb) throws ApiException {
    String namespace = askedNamespace.isEmpty() ? account.namespace() : askedNamespace;
    return new AccessRule(verb, resource.group(), resource.plural(), namespace);
  }

  private void list() throws ApiException {
    findings.request();
    String path = query() + (cached ? "&resourceVersion=0" : "");
    BodyInput body = client.get(path, rule("list"), LIST_IDLE_MS, LIST_MS);
    Map<String, List<Candidate>> read = new HashMap<>();
    String version = "";
    try {
      JsonReader json = new JsonReader(body);
      if (json.enterObject()) {
        while (json.more()) {
          switch (json.name()) {
            case "metadata" -> version = listVersion(json);
            case "items" -> items(json, read);
            default -> json.skip();
          }
        }
      }
      if (version.isEmpty() || json.follows()) {
        throw new JsonReader.MalformedException("a list without a resourceVersion");
      }
    } catch (IOException e) {
      throw client.failure(e);
    }
    objects = read;
    resourceVersion = version;
    publish();
  }

  private static String listVersion(JsonReader json) throws IOException {
    String version = "";
    if (json.enterObject()) {
      while (json.more()) {
        if (json.name().equals("resourceVersion")) {
          version = json.text();
        } else {
          json.skip();
        }
      }
    }
    return version;
  }

  private void items(JsonReader json, Map<String, List<Candidate>> read) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        put(read, resource.read(json));
      }
    }
  }

  private void put(Map<String, List<Candidate>> target, ApiObject object) {
    if (object.ready().isEmpty()) {
      target.remove(object.name());
    } else if (target.size() < OBJECTS_MAX || target.containsKey(object.name())) {
      target.put(object.name(), object.ready());
    } else {
      findings.tooMany();
    }
  }

  private void publish() {
    List<Candidate> ready = new ArrayList<>();
    objects.values().forEach(ready::addAll);
    findings.found(ready);
    changed = false;
    publishedNs = System.nanoTime();
  }

  private void publishChange(boolean moreToCome) {
    if (changed && (!moreToCome || System.nanoTime() - publishedNs > PUBLISH_NS)) {
      publish();
    }
  }

  private void watch() throws ApiException {
    findings.request();
    String path =
        query()
            + "&watch=1&allowWatchBookmarks=true&resourceVersion="
            + URLEncoder.encode(resourceVersion, StandardCharsets.UTF_8)
            + "&timeoutSeconds="
            + backoff.around(WATCH_SECONDS);
    BodyInput body = client.get(path, rule("watch"), WATCH_IDLE_MS, WATCH_MS);
    findings.following();
    long begun = System.nanoTime();
    try {
      JsonReader json = new JsonReader(body);
      while (json.follows()) {
        event(json);
        backoff.reset();
        refusedWatches = 0;
        publishChange(json.buffered() > EVENT_BYTES_MIN);
      }
    } catch (SocketTimeoutException e) {
      client.drop(); // not even a bookmark: whether somebody is there, the next watch will tell
    } catch (IOException e) {
      throw client.failure(e);
    } finally {
      publishChange(false);
    }
    if (System.nanoTime() - begun < WATCH_NS_MIN) {
      throw new ApiException(
          ApiFailure.MALFORMED, "API server " + account.authority() + " closes watches at once");
    }
    backoff.reset();
  }

  private void event(JsonReader json) throws IOException, ApiException {
    String type = "";
    ApiObject object = ApiObject.NONE;
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "type" -> type = json.text();
          case "object" -> object = resource.read(json);
          default -> json.skip();
        }
      }
    }
    switch (type) {
      case "ADDED", "MODIFIED" -> {
        put(objects, object);
        changed = true;
      }
      case "DELETED" -> {
        objects.remove(object.name());
        changed = true;
      }
      case "BOOKMARK" -> findings.synced();
      case "ERROR" -> throw told(object);
      default -> throw new JsonReader.MalformedException("an event of unknown type");
    }
    if (!object.resourceVersion().isEmpty()) {
      resourceVersion = object.resourceVersion();
    }
  }

  private ApiException told(ApiObject status) {
    return new ApiException(
        status.code() == 410 ? ApiFailure.EXPIRED : ApiFailure.REFUSED,
        "API server "
            + account.authority()
            + " ends the watch: "
            + status.code()
            + ' '
            + PlainText.of(status.message()));
  }

  @Override
  public void close() {
    client.close();
  }
}
