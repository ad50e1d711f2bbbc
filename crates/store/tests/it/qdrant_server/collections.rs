//! The service of the collections.

use qdrant_client::qdrant::alias_operations::Action;
use qdrant_client::qdrant::collections_server::Collections;
use qdrant_client::qdrant::{
    self as api, AliasDescription, ChangeAliases, CollectionDescription, CollectionExists,
    CollectionExistsRequest, CollectionExistsResponse, CollectionOperationResponse,
    CreateCollection, DeleteCollection, GetCollectionInfoRequest, GetCollectionInfoResponse,
    ListAliasesRequest, ListAliasesResponse, ListCollectionsRequest, ListCollectionsResponse,
};
use std::sync::Arc;
use tokio::task::spawn_blocking;
use tonic::{Request, Response, Status};

use super::refusal::refused;
use super::stored::Stored;
use super::wire;

/// Makes, lists and removes collections.
pub(super) struct CollectionService(pub(super) Arc<Stored>);

type Answer<T> = Result<Response<T>, Status>;

impl CollectionService {
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Stored) -> Result<T, Status> + Send + 'static,
    ) -> Result<T, Status> {
        let stored = Arc::clone(&self.0);
        spawn_blocking(move || work(&stored)).await.unwrap()
    }
}

#[tonic::async_trait]
impl Collections for CollectionService {
    async fn get(
        &self,
        request: Request<GetCollectionInfoRequest>,
    ) -> Answer<GetCollectionInfoResponse> {
        let collection = self.0.get(&request.into_inner().collection_name)?;
        let result = Some(wire::info(collection.sizes(), collection.fields()));
        Ok(Response::new(GetCollectionInfoResponse { result, time: 0.0 }))
    }

    async fn list(
        &self,
        _request: Request<ListCollectionsRequest>,
    ) -> Answer<ListCollectionsResponse> {
        let names = self.0.collection_names().into_iter();
        let collections = names.map(|name| CollectionDescription { name }).collect();
        Ok(Response::new(ListCollectionsResponse { collections, time: 0.0 }))
    }

    async fn create(
        &self,
        request: Request<CreateCollection>,
    ) -> Answer<CollectionOperationResponse> {
        let request = request.into_inner();
        let config = wire::config(&request)?;
        self.blocking(move |stored| stored.create(&request.collection_name, config)).await?;
        Ok(done(true))
    }

    async fn delete(
        &self,
        request: Request<DeleteCollection>,
    ) -> Answer<CollectionOperationResponse> {
        let name = request.into_inner().collection_name;
        Ok(done(self.blocking(move |stored| Ok(stored.remove(&name))).await?))
    }

    async fn update_aliases(
        &self,
        request: Request<ChangeAliases>,
    ) -> Answer<CollectionOperationResponse> {
        for operation in request.into_inner().actions {
            let Some(Action::CreateAlias(alias)) = operation.action else {
                return Err(Status::unimplemented("an alias can only be created"));
            };
            self.0.put_alias(alias.alias_name, alias.collection_name)?;
        }
        Ok(done(true))
    }

    async fn list_aliases(
        &self,
        _request: Request<ListAliasesRequest>,
    ) -> Answer<ListAliasesResponse> {
        let described =
            |(alias_name, collection_name)| AliasDescription { alias_name, collection_name };
        let aliases = self.0.aliases().into_iter().map(described).collect();
        Ok(Response::new(ListAliasesResponse { aliases, time: 0.0 }))
    }

    async fn collection_exists(
        &self,
        request: Request<CollectionExistsRequest>,
    ) -> Answer<CollectionExistsResponse> {
        let exists = self.0.get(&request.into_inner().collection_name).is_ok();
        let result = Some(CollectionExists { exists });
        Ok(Response::new(CollectionExistsResponse { result, time: 0.0 }))
    }

    refused! {
        update(api::UpdateCollection) -> api::CollectionOperationResponse;
        list_collection_aliases(api::ListCollectionAliasesRequest) -> api::ListAliasesResponse;
        collection_cluster_info(api::CollectionClusterInfoRequest) -> api::CollectionClusterInfoResponse;
        update_collection_cluster_setup(api::UpdateCollectionClusterSetupRequest)
            -> api::UpdateCollectionClusterSetupResponse;
        create_shard_key(api::CreateShardKeyRequest) -> api::CreateShardKeyResponse;
        delete_shard_key(api::DeleteShardKeyRequest) -> api::DeleteShardKeyResponse;
        list_shard_keys(api::ListShardKeysRequest) -> api::ListShardKeysResponse;
    }
}

fn done(result: bool) -> Response<CollectionOperationResponse> {
    Response::new(CollectionOperationResponse { result, time: 0.0 })
}
