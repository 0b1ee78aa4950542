/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.attach;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.PodStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A capture in a pod's container, written to here.
 *
 * <ol>
 *   <li>hold: the container's own standard input, which ends with this program, however it ends,
 *       and the container with it; not for a tap that stays
 *   <li>exec: {@code podtap tap --write -}, whose output is the capture. Not the container's own
 *       output, which would leave packets in the node's log files
 * </ol>
 */
public final class Capture implements AutoCloseable {

  /** The image's entry point, which {@code exec} does not go through; see deploy/Containerfile. */
  private static final List<String> PROGRAM = List.of("/opt/podtap/bin/java", "@/opt/podtap/tap");

  private static final Duration END = Duration.ofSeconds(3);

  private final @Nullable PodStream hold;
  private final PodStream stream;
  private volatile boolean isStopped;

  private Capture(@Nullable PodStream hold, PodStream stream) {
    this.hold = hold;
    this.stream = stream;
  }

  /**
   * Begins.
   *
   * @param pod path of the pod
   * @param options of {@code podtap tap}
   * @param isOwnContainer whether the container was made for this capture and ends with it
   * @param out gets pcapng; not closed
   * @param err gets what the tap says
   */
  public static Capture start(
      ClusterApi api,
      String pod,
      String container,
      List<String> options,
      boolean isOwnContainer,
      OutputStream out,
      OutputStream err)
      throws IOException {
    PodStream hold = null;
    if (isOwnContainer) {
      String query = "/attach?stdin=true&container=" + ApiPath.encode(container);
      hold = PodStream.open(api, pod + query, OutputStream.nullOutputStream(), err);
      hold.line();
    }
    try {
      return new Capture(hold, PodStream.open(api, pod + exec(container, options), out, err));
    } catch (IOException e) {
      if (hold != null) {
        hold.close();
      }
      throw e;
    }
  }

  private static String exec(String container, List<String> options) {
    List<String> command = new ArrayList<>(PROGRAM);
    command.add("tap");
    command.addAll(options);
    StringBuilder query =
        new StringBuilder("/exec?stdin=true&stdout=true&stderr=true&container=")
            .append(ApiPath.encode(container));
    command.forEach(word -> query.append("&command=").append(ApiPath.encode(word)));
    return query.toString();
  }

  /**
   * Waits until the capture ends.
   *
   * @return what went wrong, or an empty text
   */
  public String await() throws InterruptedException {
    PodStream.End end = stream.await();
    return isStopped ? "" : end.text();
  }

  /** Ends the capture in the pod; what it has seen still comes. Any thread. */
  public void stop() {
    isStopped = true;
    stream.endInput();
    try {
      stream.await(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  @Override
  public void close() {
    stream.close();
    if (hold != null) {
      hold.endInput();
      hold.close();
    }
  }
}
