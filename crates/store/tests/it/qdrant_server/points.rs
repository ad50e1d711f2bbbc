//! The service of the points.

use qdrant_client::qdrant::points_server::Points;
use qdrant_client::qdrant::{
    self as api, BatchResult, CountPoints, CountResponse, CountResult, CreateFieldIndexCollection,
    DeletePoints, FacetCounts, FacetResponse, PointsOperationResponse, QueryBatchPoints,
    QueryBatchResponse, UpdateResult, UpdateStatus, UpsertPoints, points_selector,
};
use qdrant_edge::{CountRequest, FacetRequest, PointInsertOperations, PointOperations};
use std::sync::Arc;
use tokio::task::spawn_blocking;
use tonic::{Request, Response, Status};

use super::collection::Collection;
use super::refusal::refused;
use super::stored::Stored;
use super::wire;

/// How many points are taken at once.
const MAX_POINTS: usize = 1_000;

/// Writes and finds points.
pub(super) struct PointService(pub(super) Arc<Stored>);

type Answer<T> = Result<Response<T>, Status>;

impl PointService {
    async fn blocking<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Collection) -> Result<T, Status> + Send + 'static,
    ) -> Result<T, Status> {
        let collection = self.0.get(name)?;
        spawn_blocking(move || work(&collection)).await.unwrap()
    }
}

#[tonic::async_trait]
impl Points for PointService {
    async fn upsert(&self, request: Request<UpsertPoints>) -> Answer<PointsOperationResponse> {
        let UpsertPoints { collection_name, wait, points, .. } = request.into_inner();
        let n_points = points.len();
        if n_points == 0 || MAX_POINTS < n_points {
            return Err(Status::invalid_argument(format!("{n_points} points at once")));
        }
        self.blocking(&collection_name, move |collection| {
            let points = points.into_iter().map(wire::point).collect::<Result<_, _>>()?;
            let points = PointInsertOperations::PointsList(points);
            collection.update(PointOperations::UpsertPoints(points), n_points)
        })
        .await?;
        Ok(done(wait))
    }

    async fn delete(&self, request: Request<DeletePoints>) -> Answer<PointsOperationResponse> {
        let DeletePoints { collection_name, wait, points, .. } = request.into_inner();
        let selected = points.and_then(|points| points.points_selector_one_of);
        let Some(points_selector::PointsSelectorOneOf::Filter(filter)) = selected else {
            return Err(Status::unimplemented("points are deleted by a filter"));
        };
        let filter = wire::filter(filter)?;
        self.blocking(&collection_name, move |collection| {
            collection.update(PointOperations::DeletePointsByFilter(filter), 0)
        })
        .await?;
        Ok(done(wait))
    }

    async fn create_field_index(
        &self,
        request: Request<CreateFieldIndexCollection>,
    ) -> Answer<PointsOperationResponse> {
        let request = request.into_inner();
        let field = wire::field_index(&request)?;
        self.blocking(&request.collection_name, move |collection| collection.make_field(field))
            .await?;
        Ok(done(request.wait))
    }

    async fn count(&self, request: Request<CountPoints>) -> Answer<CountResponse> {
        let CountPoints { collection_name, filter, exact, .. } = request.into_inner();
        let filter = filter.map(wire::filter).transpose()?;
        let request = CountRequest { filter, exact: exact.unwrap_or(true) };
        let count =
            self.blocking(&collection_name, move |collection| collection.count(request)).await?;
        let result = Some(CountResult { count: count as u64 });
        Ok(Response::new(CountResponse { result, ..CountResponse::default() }))
    }

    async fn query_batch(&self, request: Request<QueryBatchPoints>) -> Answer<QueryBatchResponse> {
        let QueryBatchPoints { collection_name, query_points, .. } = request.into_inner();
        let requests: Vec<_> =
            query_points.into_iter().map(wire::query).collect::<Result<_, _>>()?;
        let result = self
            .blocking(&collection_name, move |collection| {
                let list = |request| {
                    let found = collection.query(request)?;
                    Ok(BatchResult { result: found.into_iter().map(wire::scored).collect() })
                };
                requests.into_iter().map(list).collect::<Result<_, _>>()
            })
            .await?;
        Ok(Response::new(QueryBatchResponse { result, ..QueryBatchResponse::default() }))
    }

    async fn facet(&self, request: Request<FacetCounts>) -> Answer<FacetResponse> {
        let FacetCounts { collection_name, key, filter, limit, exact, .. } = request.into_inner();
        let request = FacetRequest {
            key: wire::path(&key)?,
            limit: usize::try_from(limit.unwrap_or(10)).unwrap(),
            filter: filter.map(wire::filter).transpose()?,
            exact: exact.unwrap_or_default(),
        };
        let counted =
            self.blocking(&collection_name, move |collection| collection.facet(request)).await?;
        let hits = counted.hits.into_iter().map(wire::facet_hit).collect();
        Ok(Response::new(FacetResponse { hits, ..FacetResponse::default() }))
    }

    refused! {
        get(api::GetPoints) -> api::GetResponse;
        update_vectors(api::UpdatePointVectors) -> api::PointsOperationResponse;
        delete_vectors(api::DeletePointVectors) -> api::PointsOperationResponse;
        set_payload(api::SetPayloadPoints) -> api::PointsOperationResponse;
        overwrite_payload(api::SetPayloadPoints) -> api::PointsOperationResponse;
        delete_payload(api::DeletePayloadPoints) -> api::PointsOperationResponse;
        clear_payload(api::ClearPayloadPoints) -> api::PointsOperationResponse;
        delete_field_index(api::DeleteFieldIndexCollection) -> api::PointsOperationResponse;
        create_vector_name(api::CreateVectorNameRequest) -> api::PointsOperationResponse;
        delete_vector_name(api::DeleteVectorNameRequest) -> api::PointsOperationResponse;
        search(api::SearchPoints) -> api::SearchResponse;
        search_batch(api::SearchBatchPoints) -> api::SearchBatchResponse;
        search_groups(api::SearchPointGroups) -> api::SearchGroupsResponse;
        scroll(api::ScrollPoints) -> api::ScrollResponse;
        recommend(api::RecommendPoints) -> api::RecommendResponse;
        recommend_batch(api::RecommendBatchPoints) -> api::RecommendBatchResponse;
        recommend_groups(api::RecommendPointGroups) -> api::RecommendGroupsResponse;
        discover(api::DiscoverPoints) -> api::DiscoverResponse;
        discover_batch(api::DiscoverBatchPoints) -> api::DiscoverBatchResponse;
        update_batch(api::UpdateBatchPoints) -> api::UpdateBatchResponse;
        query(api::QueryPoints) -> api::QueryResponse;
        query_groups(api::QueryPointGroups) -> api::QueryGroupsResponse;
        search_matrix_pairs(api::SearchMatrixPoints) -> api::SearchMatrixPairsResponse;
        search_matrix_offsets(api::SearchMatrixPoints) -> api::SearchMatrixOffsetsResponse;
    }
}

/// Says that a write is finished if that was waited for; otherwise, that it was taken.
fn done(wait: Option<bool>) -> Response<PointsOperationResponse> {
    let is_finished = wait.unwrap_or_default();
    let status = if is_finished { UpdateStatus::Completed } else { UpdateStatus::Acknowledged };
    let result = Some(UpdateResult { operation_id: None, status: status.into() });
    Response::new(PointsOperationResponse { result, ..PointsOperationResponse::default() })
}
