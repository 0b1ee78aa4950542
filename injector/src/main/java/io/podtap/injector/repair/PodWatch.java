package io.podtap.injector.repair;

import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All pods without a tap, kept up to date: listed, then watched for some minutes, then listed anew,
 * since namespaces and the webhook may have changed. Its own thread writes, any thread reads.
 */
final class PodWatch implements AutoCloseable {

  private static final int WATCH_SECONDS = 300;
  private static final long RETRY_MS = 5_000;

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
      try {
        ClusterPods.Scene scene = pods.scene();
        Map<String, Finding> all = new LinkedHashMap<>();
        String version =
            pods.list(scene, judgement, finding -> all.put(uid(finding.pod()), finding));
        replace(all);
        problem = "";
        pods.watch(version, WATCH_SECONDS, (event, pod) -> take(scene, event, pod));
      } catch (IOException e) {
        if (isWanted) {
          problem = String.valueOf(e.getMessage());
          pause();
        }
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_MS);
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
