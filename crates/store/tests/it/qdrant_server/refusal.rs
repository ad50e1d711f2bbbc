//! What the server does not answer.

/// Writes methods of a service that no index of ours asks for.
///
/// They are written as `async_trait` writes them, because it does not see into a macro.
macro_rules! refused {
    ($($name:ident($request:ty) -> $reply:ty;)+) => {
        $(
            fn $name<'a, 'b>(
                &'a self,
                _request: ::tonic::Request<$request>,
            ) -> ::std::pin::Pin<
                Box<
                    dyn Future<Output = Result<::tonic::Response<$reply>, ::tonic::Status>>
                        + Send
                        + 'b,
                >,
            >
            where
                'a: 'b,
                Self: 'b,
            {
                Box::pin(async { Err(::tonic::Status::unimplemented(stringify!($name))) })
            }
        )+
    };
}
pub(super) use refused;
