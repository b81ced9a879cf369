"""The interoperability service by grpcio (C-core). Prints its port, and ends with its standard input."""
import sys
from concurrent import futures

import grpc
import interop_pb2 as pb
import interop_pb2_grpc as stubs

ECHO_INITIAL = "x-grpc-test-echo-initial"
ECHO_TRAILING = "x-grpc-test-echo-trailing-bin"


def begin(context):
    metadata = dict(context.invocation_metadata())
    if ECHO_INITIAL in metadata:
        context.send_initial_metadata(((ECHO_INITIAL, metadata[ECHO_INITIAL]),))
    if ECHO_TRAILING in metadata:
        context.set_trailing_metadata(((ECHO_TRAILING, metadata[ECHO_TRAILING]),))


def payload(size):
    return pb.Payload(body=bytes(size))


def compress(context, asked, name):
    if asked.HasField(name):
        if getattr(asked, name).value:
            context.set_compression(grpc.Compression.Gzip)
        else:
            context.disable_next_message_compression()


def abort_if_asked(request, context):
    if request.HasField("response_status") and request.response_status.code:
        # The code comes from the wire as a number.
        code = next(code for code in grpc.StatusCode if code.value[0] == request.response_status.code)
        context.abort(code, request.response_status.message)


class InteropService(stubs.TestServiceServicer):
    """UnimplementedCall is the base class's: it answers UNIMPLEMENTED."""

    def EmptyCall(self, request, context):
        begin(context)
        return pb.Empty()

    def UnaryCall(self, request, context):
        compress(context, request, "response_compressed")
        begin(context)
        abort_if_asked(request, context)
        return pb.SimpleResponse(payload=payload(request.response_size))

    def StreamingOutputCall(self, request, context):
        if any(parameters.compressed.value for parameters in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)
        begin(context)
        for parameters in request.response_parameters:
            if parameters.HasField("compressed") and not parameters.compressed.value:
                context.disable_next_message_compression()
            yield pb.StreamingOutputCallResponse(payload=payload(parameters.size))

    def StreamingInputCall(self, request_iterator, context):
        begin(context)
        return pb.StreamingInputCallResponse(aggregated_payload_size=sum(len(request.payload.body) for request in request_iterator))

    def FullDuplexCall(self, request_iterator, context):
        begin(context)
        for request in request_iterator:
            abort_if_asked(request, context)
            for parameters in request.response_parameters:
                yield pb.StreamingOutputCallResponse(payload=payload(parameters.size))


server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
stubs.add_TestServiceServicer_to_server(InteropService(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(None)
