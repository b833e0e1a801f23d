package io.medallion.connect;

import io.medallion.common.AccessTokens;
import io.medallion.common.error.MedallionException;
import io.medallion.operations.query.GuardedReading;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.spark.connect.proto.AnalyzePlanRequest;
import org.apache.spark.connect.proto.ConfigRequest;
import org.apache.spark.connect.proto.ExecutePlanRequest;
import org.apache.spark.connect.proto.UserContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connect.service.SparkConnectService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkproject.connect.grpc.ForwardingServerCallListener;
import org.sparkproject.connect.grpc.Metadata;
import org.sparkproject.connect.grpc.ServerCall;
import org.sparkproject.connect.grpc.ServerCallHandler;
import org.sparkproject.connect.grpc.ServerInterceptor;
import org.sparkproject.connect.grpc.Status;
import org.sparkproject.connect.protobuf.Message;
import scala.Option;

/**
 * Stands before Spark Connect's service: no request reaches it that {@link RequestGuard} has not
 * let pass, and none without a token where there are tokens.
 *
 * <p>Spark makes it by its name; what it decides by is that of the server of this process, and
 * where there is none it lets nothing pass.
 */
public final class GuardInterceptor implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(GuardInterceptor.class);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("Authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static volatile Rules rules;

  /** What it decides by. */
  record Rules(RequestGuard guard, AccessTokens tokens) {}

  /** Sessions without functions that do more than compute. */
  private final Map<SparkSession, Boolean> prepared =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** Called by Spark, which names this class in {@code spark.connect.grpc.interceptor.classes}. */
  public GuardInterceptor() {}

  static Rules rules() {
    return rules;
  }

  static void decideBy(Rules given) {
    rules = given;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Rules known = rules;
    if (known == null) {
      return closed(call, Status.UNAVAILABLE.withDescription("The server does not run."));
    }
    if (!known.tokens().isEmpty() && known.tokens().admit(headers.get(AUTHORIZATION)).isEmpty()) {
      return closed(
          call,
          Status.UNAUTHENTICATED.withDescription(
              "This server asks for a token: sc://HOST:PORT/;token=..."));
    }
    try {
      known.guard().requireCall(call.getMethodDescriptor().getBareMethodName());
    } catch (MedallionException e) {
      return closed(call, status(e));
    }
    return new Guarded<>(call, next.startCall(call, headers), known.guard());
  }

  private static <Q, A> ServerCall.Listener<Q> closed(ServerCall<Q, A> call, Status status) {
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private static Status status(MedallionException e) {
    return Status.PERMISSION_DENIED.withDescription(e.explain()).withCause(e);
  }

  /** Passes on what the guard lets pass; a call of which something did not is closed. */
  private final class Guarded<Q, A>
      extends ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, A> call;
    private final RequestGuard guard;
    private boolean refused;

    Guarded(ServerCall<Q, A> call, ServerCall.Listener<Q> listener, RequestGuard guard) {
      super(listener);
      this.call = call;
      this.guard = guard;
    }

    @Override
    public void onMessage(Q message) {
      if (refused) {
        return;
      }
      try {
        guard.require((Message) message);
        prepare(message);
      } catch (MedallionException e) {
        refuse(status(e));
        return;
      } catch (RuntimeException | StackOverflowError e) {
        LOG.warn("A request could not be looked at, and is refused", e);
        refuse(Status.INVALID_ARGUMENT.withDescription(e.toString()));
        return;
      }
      super.onMessage(message);
    }

    private void refuse(Status status) {
      refused = true;
      call.close(status, new Metadata());
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }
  }

  private void prepare(Object message) {
    if (message instanceof ExecutePlanRequest request) {
      prepare(request.getUserContext(), request.getSessionId());
    } else if (message instanceof AnalyzePlanRequest request) {
      prepare(request.getUserContext(), request.getSessionId());
    } else if (message instanceof ConfigRequest request) {
      prepare(request.getUserContext(), request.getSessionId());
    }
  }

  /** Makes the session that a request works in as the service would, and leaves it no function. */
  private void prepare(UserContext user, String id) {
    SparkSession session =
        SparkConnectService.getOrCreateIsolatedSession(user.getUserId(), id, Option.empty())
            .session();
    prepared.computeIfAbsent(
        session,
        unprepared -> {
          GuardedReading.keepFunctions(unprepared);
          return true;
        });
  }
}
