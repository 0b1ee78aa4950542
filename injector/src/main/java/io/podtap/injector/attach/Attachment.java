/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.attach;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.inject.EphemeralTap;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.TapTemplate;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts an ephemeral container into one pod and waits until it runs.
 *
 * @param target name of the container whose processes the tap sees, or an empty text
 * @param timeout how long the container may take to run
 * @param log told in single lines what a person should know
 */
public record Attachment(
    ClusterApi api,
    String namespace,
    String pod,
    TapTemplate template,
    String target,
    Duration timeout,
    PrintStream log) {

  private static final String STRATEGIC_MERGE = "application/strategic-merge-patch+json";
  private static final long LOOK_MS = 300;
  private static final int NOT_FOUND = 404;
  private static final int FORBIDDEN = 403;

  /**
   * Reads the pod.
   *
   * @throws AttachException when there is none
   */
  public Map<String, @Nullable Object> read() throws IOException {
    try {
      return api.object(path());
    } catch (RefusedException e) {
      if (e.status() == NOT_FOUND) {
        throw new AttachException("there is no pod " + pod + " in namespace " + namespace);
      }
      throw e;
    }
  }

  private String path() {
    return ApiPath.inNamespace(namespace, "pods", pod);
  }

  /**
   * Adds the container and waits.
   *
   * @param present the pod as {@link #read}
   * @return the container's name; it runs
   * @throws AttachException when pod or API server do not take it, or it does not run in time
   */
  public String add(Map<String, @Nullable Object> present, EphemeralTap.Purpose purpose)
      throws IOException, InterruptedException {
    Outcome outcome = EphemeralTap.attach(present, namespaceLabels(), template, target, purpose);
    Map<String, @Nullable Object> container =
        switch (outcome) {
          case Outcome.Changed changed -> {
            changed.notes().forEach(note -> log.println("podtap: " + note));
            yield Tree.map(
                Tree.list(Tree.at(changed.pod(), "spec", "ephemeralContainers")).getLast());
          }
          case Outcome.Unchanged unchanged ->
              throw new AttachException(
                  "no tap for pod/"
                      + pod
                      + ", "
                      + unchanged.reason().word()
                      + ": "
                      + unchanged.text());
        };
    patch(container);
    String name = Tree.text(container, "name");
    awaitRunning(name);
    return name;
  }

  /** A namespace is outside of itself: not everybody may read it, and then PodSecurity tells. */
  private Map<String, @Nullable Object> namespaceLabels() throws IOException {
    ClusterApi.Answer answer = api.get("/api/v1/namespaces/" + ApiPath.encode(namespace));
    if (answer.status() == FORBIDDEN) {
      log.println(
          "podtap: the labels of namespace "
              + namespace
              + " may not be read: taken as having none");
    }
    return Tree.map(Tree.at(answer.object(), "metadata", "labels"));
  }

  private void patch(Map<String, @Nullable Object> container) throws IOException {
    ClusterApi.Answer answer =
        api.send(
            "PATCH",
            path() + "/ephemeralcontainers",
            STRATEGIC_MERGE,
            Map.of("spec", Map.of("ephemeralContainers", List.of(container))));
    if (answer.message().contains("violates PodSecurity")) {
      throw new AttachException(
          "the API server refuses the tap: " + answer.message() + " (try --pod-security baseline)");
    }
    if (!answer.isGood()) {
      throw new RefusedException("adding an ephemeral container to pod/" + pod, answer);
    }
  }

  private void awaitRunning(String container) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    ContainerState state = ContainerState.WAITING;
    while (System.nanoTime() < deadline) {
      state = ContainerState.of(read(), container);
      if (state.isRunning()) {
        return;
      }
      if (state.hasEnded()) {
        throw new AttachException("container " + container + " has ended at once: " + state.text());
      }
      Thread.sleep(LOOK_MS);
    }
    throw new AttachException(
        "container "
            + container
            + " does not run after "
            + timeout.toSeconds()
            + " s: "
            + (state.text().isEmpty() ? "the node's kubelet has not said why" : state.text()));
  }
}
