/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.trust.Anchors;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.injector.webhook.http.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Collections;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * Reviews that a webhook asks of itself before it listens. Interpreted, a handshake costs some 20
 * times what it costs compiled: a webhook that began cold under load would keep pods waiting for a
 * second, and lose some of them.
 *
 * <p>A server of its own on loopback, so that nothing is counted; the calling thread is the client.
 */
final class Rehearsal {

  static final int CONNECTIONS = 80;
  private static final int REVIEWS_PER_CONNECTION = 8;

  /** A readiness probe is waiting: on a fraction of a core, half warm has to do. */
  private static final long LENGTH_NS_MAX = 4_000_000_000L;

  private static final byte[] REVIEW =
      """
      {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": {
        "uid": "rehearsal", "operation": "CREATE", "namespace": "rehearsal", "oldObject": null,
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "userInfo": {"username": "replicaset-controller", "groups": ["system:authenticated"]},
        "object": {"kind": "Pod", "apiVersion": "v1",
          "metadata": {"generateName": "rehearsal-", "labels": {"app": "rehearsal"},
            "annotations": {"podtap.io/vni": "7"},
            "managedFields": [{"manager": "controller", "fieldsV1": {"f:metadata": {"f:labels":
              {".": {}, "f:app": {}}}, "f:spec": {"f:containers": {"k:{\\"name\\":\\"app\\"}":
              {".": {}, "f:image": {}, "f:name": {}, "f:ports": {}}}}}}]},
          "spec": {
            "initContainers": [{"name": "first", "image": "first"}],
            "containers": [{"name": "app", "image": "app", "ports": [{"containerPort": 80}],
              "env": [{"name": "A", "value": "1.5"}, {"name": "B", "value": "\\u00fc"}],
              "resources": {"limits": {"cpu": "1", "memory": "512Mi"}},
              "livenessProbe": {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 10}}],
            "terminationGracePeriodSeconds": 30, "securityContext": {},
            "priority": 0, "enableServiceLinks": true}}}}
      """
          .getBytes(StandardCharsets.UTF_8);

  private final SSLContext client;
  private final SSLSocketFactory sockets; // one: connections are kept for the same only
  private final URL url;

  private Rehearsal(SSLContext client, URL url) {
    this.client = client;
    sockets = client.getSocketFactory();
    this.url = url;
  }

  /**
   * Asks for some seconds at most.
   *
   * @param connections how many, {@link #CONNECTIONS} until all is warm
   * @return reviews answered
   * @throws IOException when a review is not answered
   */
  static int run(CurrentIdentity identity, Admission admission, int connections)
      throws IOException, GeneralSecurityException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Failure failure = Failure.logging(System.err);
    try (WebhookServer server =
        WebhookServer.start(
            new WebhookServer.Access(new InetSocketAddress(loopback, 0), identity.context(), false),
            new Admission(admission.template(), Set.of(), admission.isChosenByDefault()),
            new WebhookCounters(failure),
            (review, answer) -> {},
            () -> "",
            failure)) {
      URI uri =
          URI.create(
              "https://"
                  + loopback.getHostAddress()
                  + ':'
                  + server.port()
                  + NamespaceFacts.PATH
                  + "/enabled");
      return new Rehearsal(Anchors.client(identity.chain()), uri.toURL()).run(connections);
    }
  }

  private int run(int connections) throws IOException {
    int answered = 0;
    long end = System.nanoTime() + LENGTH_NS_MAX;
    for (int i = 0; i < connections && System.nanoTime() - end < 0; i++) {
      for (int j = 1; j < REVIEWS_PER_CONNECTION; j++) {
        review();
      }
      review().disconnect();
      forget();
      answered += REVIEWS_PER_CONNECTION;
    }
    System.gc(); // what was compiled is looked at now, rather than in the midst of reviews
    return answered;
  }

  private HttpsURLConnection review() throws IOException {
    HttpsURLConnection review = (HttpsURLConnection) url.openConnection();
    review.setSSLSocketFactory(sockets);
    review.setHostnameVerifier((name, session) -> true); // it is known by its certificate
    review.setDoOutput(true);
    review.getOutputStream().write(REVIEW);
    review.getInputStream().readAllBytes();
    return review;
  }

  /** Sessions would be resumed; API servers do not either. */
  private void forget() {
    SSLSessionContext sessions = client.getClientSessionContext();
    for (byte[] id : Collections.list(sessions.getIds())) {
      SSLSession session = sessions.getSession(id);
      if (session != null) {
        session.invalidate();
      }
    }
  }
}
