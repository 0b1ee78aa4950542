package io.podtap.injector.repair;

import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * All pods without a tap, kept up to date: listed, then watched for some minutes, then listed anew,
 * since the webhook may have changed. When a namespace's labels change so that its pods are judged
 * otherwise, they are listed anew at once. Its own threads write, any thread reads.
 */
final class PodWatch implements AutoCloseable {

  private static final int WATCH_SECONDS = 300;
  private static final long RETRY_MS = 5_000;

  /** Namespaces are often labelled one after another. */
  private static final long SETTLE_MS = 1_000;

  private final ClusterPods pods;
  private final Judgement judgement;
  private final Map<String, Finding> findings = new LinkedHashMap<>();
  private @Nullable Thread thread;
  private boolean isComplete;
  private volatile boolean isWanted;
  private volatile String problem = "";

  PodWatch(ClusterPods pods, Judgement judgement) {
    this.pods = pods;
    this.judgement = judgement;
  }

  /** Begins to follow the pods, or ends it; cheap when nothing changes. One thread. */
  void follow(boolean wanted) {
    isWanted = wanted;
    if (wanted && (thread == null || !thread.isAlive())) {
      thread = Thread.ofPlatform().daemon().name("repair-watch").start(this::run);
    } else if (!wanted) {
      close();
    }
  }

  /** Returns whether all pods have been seen. */
  synchronized boolean isComplete() {
    return isComplete;
  }

  synchronized List<Finding> findings() {
    return List.copyOf(findings.values());
  }

  /** Returns why it does not see the pods, or an empty text. */
  String problem() {
    return problem;
  }

  private void run() {
    while (isWanted && !Thread.currentThread().isInterrupted()) {
      CompletableFuture<Boolean> isRelabelled = new CompletableFuture<>();
      try {
        follow(isRelabelled);
      } catch (IOException e) {
        if (isWanted && !isRelabelled.getNow(false)) {
          problem = String.valueOf(e.getMessage());
          pause(RETRY_MS);
        }
      } finally {
        isRelabelled.complete(false); // ends the watch of namespaces
      }
      if (isRelabelled.join()) {
        pause(SETTLE_MS);
      }
    }
  }

  private void follow(CompletableFuture<Boolean> isRelabelled) throws IOException {
    ClusterPods.Scene scene = pods.scene();
    Map<String, Finding> all = new LinkedHashMap<>();
    String version = pods.list(scene, judgement, finding -> all.put(uid(finding.pod()), finding));
    replace(all);
    problem = "";
    Thread.ofPlatform()
        .daemon()
        .name("repair-namespaces")
        .start(() -> awaitLabels(scene, isRelabelled));
    pods.watch(version, WATCH_SECONDS, isRelabelled, (event, pod) -> take(scene, event, pod));
  }

  /** Without this watch, a change of labels waits for the next list. */
  private void awaitLabels(ClusterPods.Scene scene, CompletableFuture<Boolean> isRelabelled) {
    try {
      pods.watchNamespaces(
          scene.version(),
          WATCH_SECONDS,
          isRelabelled,
          (event, namespace) -> {
            if (!event.equals("DELETED") && scene.isOutdatedBy(namespace)) {
              isRelabelled.complete(true);
            }
            return !isRelabelled.isDone();
          });
    } catch (IOException e) {
      if (!isRelabelled.isDone()) {
        problem = String.valueOf(e.getMessage());
      }
    }
  }

  private static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String uid(Map<String, @Nullable Object> pod) {
    return Tree.text(pod, "metadata", "uid");
  }

  private synchronized void replace(Map<String, Finding> all) {
    findings.clear();
    findings.putAll(all);
    isComplete = true;
  }

  private synchronized boolean take(
      ClusterPods.Scene scene, String event, Map<String, @Nullable Object> pod) {
    findings.remove(uid(pod));
    if (!event.equals("DELETED")) {
      scene.judge(judgement, pod).ifPresent(finding -> findings.put(uid(pod), finding));
    }
    return isWanted;
  }

  @Override
  public void close() {
    isWanted = false;
    synchronized (this) {
      isComplete = false;
      findings.clear();
    }
    if (thread != null) {
      thread.interrupt();
    }
  }
}
