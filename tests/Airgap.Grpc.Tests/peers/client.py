"""Runs the interoperability cases by grpcio (C-core) against 127.0.0.1:PORT; a line "ok CASE" or "failed CASE: reason" for each."""
import queue
import sys
import traceback
from concurrent import futures

import grpc
import interop_pb2 as pb
import interop_pb2_grpc as stubs

CHANNEL = grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}")
CLIENT = stubs.TestServiceStub(CHANNEL)
REQUEST_SIZES = [27182, 8, 1828, 45904]
RESPONSE_SIZES = [31415, 9, 2653, 58979]
TIMEOUT = 30
TRUE, FALSE = pb.BoolValue(value=True), pb.BoolValue(value=False)


def payload(size):
    return pb.Payload(body=bytes(size))


def large(**fields):
    return pb.SimpleRequest(response_size=314159, payload=payload(271828), **fields)


def responses(sizes, **fields):
    return pb.StreamingOutputCallRequest(response_parameters=[pb.ResponseParameters(size=size, **fields) for size in sizes])


def ping(request_size, response_size):
    request = responses([response_size])
    request.payload.CopyFrom(payload(request_size))
    return request


def sizes(call):
    return [len(response.payload.body) for response in call]


def equal(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def fails(code, action):
    try:
        action()
    except grpc.RpcError as error:
        equal(error.code(), code)
        return error
    raise AssertionError("The call succeeded.")


def requests_from(items):
    """An iterator that ends only when None is put in."""
    return iter(items.get, None)


def empty_unary():
    equal(CLIENT.EmptyCall(pb.Empty(), timeout=TIMEOUT), pb.Empty())


def large_unary():
    equal(len(CLIENT.UnaryCall(large(), timeout=TIMEOUT).payload.body), 314159)


def client_streaming():
    requests = (pb.StreamingInputCallRequest(payload=payload(size)) for size in REQUEST_SIZES)
    equal(CLIENT.StreamingInputCall(requests, timeout=TIMEOUT).aggregated_payload_size, 74922)


def server_streaming():
    equal(sizes(CLIENT.StreamingOutputCall(responses(RESPONSE_SIZES), timeout=TIMEOUT)), RESPONSE_SIZES)


def ping_pong():
    items = queue.Queue()
    call = CLIENT.FullDuplexCall(requests_from(items), timeout=TIMEOUT)
    for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        items.put(ping(request_size, response_size))
        equal(len(next(call).payload.body), response_size)
    items.put(None)
    equal(list(call), [])
    equal(call.code(), grpc.StatusCode.OK)


def empty_stream():
    call = CLIENT.FullDuplexCall(iter(()), timeout=TIMEOUT)
    equal(list(call), [])
    equal(call.code(), grpc.StatusCode.OK)


def client_compressed_unary():
    fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: CLIENT.UnaryCall(large(expect_compressed=TRUE), timeout=TIMEOUT))
    response = CLIENT.UnaryCall(large(expect_compressed=TRUE), compression=grpc.Compression.Gzip, timeout=TIMEOUT)
    equal(len(response.payload.body), 314159)


def client_compressed_streaming():
    requests = (pb.StreamingInputCallRequest(payload=payload(size), expect_compressed=TRUE) for size in (27182, 45904))
    response = CLIENT.StreamingInputCall(requests, compression=grpc.Compression.Deflate, timeout=TIMEOUT)
    equal(response.aggregated_payload_size, 73086)


def server_compressed_unary():
    for compressed in (TRUE, FALSE):
        equal(len(CLIENT.UnaryCall(large(response_compressed=compressed), timeout=TIMEOUT).payload.body), 314159)


def server_compressed_streaming():
    for compressed in (TRUE, FALSE):
        equal(sizes(CLIENT.StreamingOutputCall(responses([31415, 92653], compressed=compressed), timeout=TIMEOUT)), [31415, 92653])


def cancel_after_begin():
    items = queue.Queue()
    call = CLIENT.StreamingInputCall.future(requests_from(items), timeout=TIMEOUT)
    call.cancel()
    items.put(None)
    equal(call.code(), grpc.StatusCode.CANCELLED)


def cancel_after_first_response():
    items = queue.Queue()
    call = CLIENT.FullDuplexCall(requests_from(items), timeout=TIMEOUT)
    items.put(ping(27182, 31415))
    next(call)
    call.cancel()
    items.put(None)
    fails(grpc.StatusCode.CANCELLED, lambda: next(call))


def timeout_on_sleeping_server():
    items = queue.Queue()
    call = CLIENT.FullDuplexCall(requests_from(items), timeout=0.001)
    items.put(pb.StreamingOutputCallRequest(payload=payload(27182)))
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(call))
    items.put(None)


def custom_metadata():
    metadata = (("x-grpc-test-echo-initial", "test_initial_metadata_value"), ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"))
    _, unary = CLIENT.UnaryCall.with_call(large(), metadata=metadata, timeout=TIMEOUT)
    duplex = CLIENT.FullDuplexCall(iter([ping(271828, 314159)]), metadata=metadata, timeout=TIMEOUT)
    equal(sizes(duplex), [314159])
    for call in (unary, duplex):
        equal(dict(call.initial_metadata())["x-grpc-test-echo-initial"], "test_initial_metadata_value")
        equal(dict(call.trailing_metadata())["x-grpc-test-echo-trailing-bin"], b"\xab\xab\xab")


def fails_as_asked(message):
    status = pb.EchoStatus(code=2, message=message)
    unary = fails(grpc.StatusCode.UNKNOWN, lambda: CLIENT.UnaryCall(pb.SimpleRequest(response_status=status), timeout=TIMEOUT))
    duplex = fails(grpc.StatusCode.UNKNOWN, lambda: list(
        CLIENT.FullDuplexCall(iter([pb.StreamingOutputCallRequest(response_status=status)]), timeout=TIMEOUT)))
    equal((unary.details(), duplex.details()), (message, message))


def status_code_and_message():
    fails_as_asked("test status message")


def special_status_message():
    fails_as_asked("\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n")


def unimplemented_method():
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: CLIENT.UnimplementedCall(pb.Empty(), timeout=TIMEOUT))


def unimplemented_service():
    other = stubs.UnimplementedServiceStub(CHANNEL)
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: other.UnimplementedCall(pb.Empty(), timeout=TIMEOUT))


def concurrent_large_unary():
    with futures.ThreadPoolExecutor(16) as pool:
        for done in [pool.submit(large_unary) for _ in range(100)]:
            done.result()


for case in sys.argv[2:]:
    try:
        globals()[case]()
        print(f"ok {case}", flush=True)
    except Exception:
        print(f"failed {case}: {traceback.format_exc()}".replace("\n", " | "), flush=True)
